//! `khien doctor`: one line a check.

use patrol::second::Tesseract;
use store::doctor::{self, Check, Status};
use store::install::Install;

use crate::open::{self, Place};
use crate::real::RealClock;
use crate::say;

/// Runs every check. Exit 1 when one fails.
pub async fn run(place: &Place, json: bool) -> anyhow::Result<u8> {
    let passphrase = place.passphrase()?;
    let now = app::clock::instant(app::Clock::now(&RealClock));
    let mut checks = match Install::open_beside(&place.data, &passphrase, &place.database()).await {
        Ok(install) => {
            let mut checks = doctor::examine(&install, &now).await;
            checks.push(books(&open::application(&install)?).await);
            install.close().await;
            checks
        }
        Err(why) => doctor::unopened(&place.data, why),
    };
    checks.extend([fonts(), ocr(), network()]);
    if json {
        let list: Vec<serde_json::Value> = checks.iter().map(as_json).collect();
        say::data(&serde_json::to_string_pretty(&list)?)?;
    } else {
        for check in &checks {
            say::data(&line(check))?;
        }
    }
    let failed = checks.iter().any(|check| check.status == Status::Fail);
    Ok(u8::from(failed))
}

/// Every line of the books is what its event recorded.
async fn books(app: &app::App) -> Check {
    let (status, detail) = match app.verify_books().await {
        Ok(books) => match books.mismatch {
            None => (
                Status::Ok,
                format!("{} lines match their ledger digests", books.lines),
            ),
            Some(wrong) => (
                Status::Fail,
                format!("line {} {}", wrong.entry, wrong.what.code()),
            ),
        },
        Err(error) => (Status::Fail, error.to_string()),
    };
    Check {
        name: "books",
        status,
        detail,
        remedy: "compare with the printed pages, then restore a backup",
    }
}

/// Papers are set with the program's own fonts; those of the machine play no part.
fn fonts() -> Check {
    let found = print::fonts();
    let missing: Vec<&str> = found
        .iter()
        .filter(|face| face.missing > 0)
        .map(|face| face.name.as_str())
        .collect();
    let (status, detail) = if found.is_empty() {
        (Status::Fail, "no face inside the program".to_owned())
    } else if missing.is_empty() {
        (
            Status::Ok,
            format!(
                "{} faces inside the program, every Vietnamese letter",
                found.len()
            ),
        )
    } else {
        (
            Status::Fail,
            format!("Vietnamese letters missing in {}", missing.join(", ")),
        )
    };
    Check {
        name: "fonts",
        status,
        detail,
        remedy: "the program file is damaged: copy it again and compare its sum",
    }
}

/// The reader of stamps is built in; tesseract is asked a second opinion where it is there.
fn ocr() -> Check {
    let detail = match Tesseract::find() {
        Some(found) => format!(
            "stamps are read by this program; {} is asked where it is in doubt",
            found.version()
        ),
        None => "stamps are read by this program; tesseract with Vietnamese is not installed, so what it is in doubt about is left to a person".to_owned(),
    };
    Check {
        name: "ocr",
        status: Status::Ok,
        detail,
        remedy: "nothing to do",
    }
}

/// What the machine is connected to. The program needs a network for its clerks only,
/// and nothing outside.
fn network() -> Check {
    let (status, detail) = match std::fs::read_to_string(ROUTES) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (
            Status::Warn,
            "this machine does not tell its routes".to_owned(),
        ),
        Err(error) => (Status::Fail, format!("routes cannot be read: {error}")),
        Ok(table) => match ways_out(&table).as_slice() {
            [] => (
                Status::Ok,
                "no way out of the local network is set".to_owned(),
            ),
            ways => (
                Status::Warn,
                format!("a way out of the local network is set: {}", ways.join(", ")),
            ),
        },
    };
    Check {
        name: "network",
        status,
        detail,
        remedy: "the program needs nothing outside: ask whether this machine may have a way out, else take the route away",
    }
}

/// The kernel's table of routes of IPv4.
const ROUTES: &str = "/proc/net/route";

/// Interfaces with a default route, each once.
fn ways_out(table: &str) -> Vec<String> {
    let mut found: Vec<String> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let (interface, destination) = (fields.next()?, fields.next()?);
            let mask = fields.nth(5)?;
            (destination == "00000000" && mask == "00000000").then(|| interface.to_owned())
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn as_json(check: &Check) -> serde_json::Value {
    serde_json::json!({
        "check": check.name, "status": check.status.code(), "detail": check.detail,
        "remedy": (check.status != Status::Ok).then_some(check.remedy),
    })
}

fn line(check: &Check) -> String {
    let remedy = if check.status == Status::Ok {
        String::new()
    } else {
        format!("; help: {}", check.remedy)
    };
    format!(
        "{:<5} {:<12} {}{remedy}",
        check.status.code(),
        check.name,
        check.detail
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
wlan0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0101A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0
";

    #[test]
    fn only_default_routes_lead_out() {
        assert_eq!(ways_out(TABLE), ["eth0", "wlan0"]);
        let local: String = TABLE
            .lines()
            .take(1)
            .chain(TABLE.lines().skip(2).take(1))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(ways_out(&local), Vec::<String>::new());
        assert_eq!(ways_out(""), Vec::<String>::new());
    }

    #[test]
    fn the_fonts_inside_know_every_vietnamese_letter() {
        let check = fonts();
        assert_eq!(
            (check.status, check.detail.as_str()),
            (
                Status::Ok,
                "4 faces inside the program, every Vietnamese letter"
            )
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert!(ocr().detail.starts_with("stamps are read by this program"));
        assert!(line(&ocr()).starts_with("ok    ocr "));
        assert!(as_json(&ocr())["remedy"].is_null());
    }
}
