//! Twelve ways out of a worker. Each is tried by a process of its own, once free, where it must
//! succeed (or the probe proves nothing), and once locked, where it must not.
//!
//! This file has its own `main`: a process that is to be locked has one thread, and no harness.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::net::UnixDatagram;
    use std::os::unix::process::ExitStatusExt as _;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    /// What a probe prints when it got out.
    const ESCAPED: &str = "ESCAPED";
    /// What it prints when the system answered with an error.
    const DENIED: &str = "DENIED";

    type Attempt = fn(&Place) -> std::io::Result<()>;

    const PROBES: [(&str, Attempt); 12] = [
        ("read a file", |place| std::fs::read(&place.file).map(drop)),
        ("write a file", |place| {
            std::fs::write(place.folder.join("new"), "x")
        }),
        ("connect", |place| {
            TcpStream::connect(("127.0.0.1", place.port)).map(drop)
        }),
        ("exec", |_| Command::new("/bin/true").status().map(drop)),
        ("ptrace", |_| {
            nix::sys::ptrace::traceme().map_err(Into::into)
        }),
        ("fork bomb", |_| {
            std::thread::Builder::new().spawn(|| {}).map(drop)
        }),
        ("signal the parent", |_| {
            let parent = rustix::process::getppid().unwrap();
            Ok(rustix::process::test_kill_process(parent)?)
        }),
        ("shared memory", |_| {
            let name = format!("/khien-probe-{}", std::process::id());
            let flags = rustix::shm::OFlags::CREATE | rustix::shm::OFlags::RDWR;
            rustix::shm::open(&name, flags, rustix::fs::Mode::RWXU)?;
            Ok(rustix::shm::unlink(&name)?)
        }),
        ("/proc", |_| std::fs::read("/proc/self/environ").map(drop)),
        ("memory bomb", |_| {
            let mut bytes: Vec<u8> = Vec::new();
            bytes
                .try_reserve_exact(8 << 30)
                .map_err(std::io::Error::other)
        }),
        ("descriptor flood", |_| {
            let stdin = std::io::stdin();
            let copies: Result<Vec<_>, _> = (0..64).map(|_| rustix::io::dup(&stdin)).collect();
            Ok(copies.map(drop)?)
        }),
        ("log injection", |place| {
            let line = b"<30>khien: scan finished, nothing found\n";
            UnixDatagram::unbound()?.send_to(line, &place.log).map(drop)
        }),
    ];

    /// What is within reach of a free process.
    struct Place {
        folder: PathBuf,
        file: PathBuf,
        log: PathBuf,
        port: u16,
    }

    impl Place {
        fn of(folder: &Path, port: u16) -> Self {
            Self {
                folder: folder.to_owned(),
                file: folder.join("file"),
                log: folder.join("log"),
                port,
            }
        }
    }

    pub fn main() {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["probe", how, name, folder, port] => {
                let place = Place::of(Path::new(folder), port.parse().unwrap());
                attempt(name, *how == "locked", &place);
            }
            // The test runner asks what there is; nothing is ignored.
            _ if words.contains(&"--list") => {
                if !words.contains(&"--ignored") {
                    println!("twelve_escapes_are_denied: test");
                }
            }
            _ => twelve_escapes_are_denied(),
        }
    }

    fn attempt(name: &str, locked: bool, place: &Place) {
        let (_, attempt) = PROBES.iter().find(|(known, _)| *known == name).unwrap();
        if locked {
            sandbox::lock(&sandbox::Limits::default()).unwrap();
        }
        let said = if attempt(place).is_ok() {
            ESCAPED
        } else {
            DENIED
        };
        println!("{said}");
    }

    fn twelve_escapes_are_denied() {
        let folder = std::env::temp_dir().join(format!("khien-probes-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("file"), "to be read").unwrap();
        let log = UnixDatagram::bind(folder.join("log")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut denied = 0;
        for (name, _) in PROBES {
            let free = run(name, "free", &folder, port);
            assert_eq!(
                free, ESCAPED,
                "`{name}` proves nothing: a free process fails too"
            );
            let locked = run(name, "locked", &folder, port);
            assert!(
                locked == DENIED || locked == "killed by signal 31",
                "`{name}`: {locked}"
            );
            denied += 1;
            println!("{name}: {locked}");
        }
        drop((log, listener));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(denied, 12);
        println!("{denied} of {} escapes denied", PROBES.len());
    }

    /// What the probe said, or how it ended.
    fn run(name: &str, how: &str, folder: &Path, port: u16) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["probe", how, name])
            .arg(folder)
            .arg(port.to_string())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        if let Some(signal) = output.status.signal() {
            return format!("killed by signal {signal}");
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{name}` ({how}): {errors}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
