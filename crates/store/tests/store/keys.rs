//! The key file: slots, wrong passphrases, damage.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use store::keys::{self, Cost, NewSlot};
use store::{Keys, StoreError};

use crate::common::{CHEAP, NAME, PASSPHRASE, random};

fn create(dir: &Path) -> Keys {
    Keys::create(dir, NAME, PASSPHRASE, CHEAP, &mut random(1)).unwrap()
}

fn slot<'a>(label: &'a str, passphrase: &'a str) -> NewSlot<'a> {
    NewSlot {
        label,
        passphrase,
        cost: CHEAP,
    }
}

fn code(result: Result<Keys, StoreError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn keys_come_back_and_belong_together() {
    let dir = tempfile::tempdir().unwrap();
    let made = create(dir.path());
    let opened = Keys::open(dir.path(), PASSPHRASE).unwrap();
    assert_eq!(opened.data_key(), made.data_key());
    assert_eq!(opened.signing_seed(), made.signing_seed());
    assert_ne!(opened.data_key(), opened.signing_seed());
    assert_eq!(opened.verifier(), made.verifier());
    assert_eq!(opened.name(), NAME);
    assert_eq!(
        opened.signer().unwrap().verifier().to_string(),
        opened.verifier()
    );
    assert_eq!(keys::verifier(dir.path()).unwrap(), opened.verifier());
    let mode = std::fs::metadata(dir.path().join(keys::FILE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let shown = format!("{opened:?}");
    assert!(shown.contains(NAME) && !shown.contains("seed"), "{shown}");
}

#[test]
fn the_file_holds_no_secret_in_the_clear() {
    let dir = tempfile::tempdir().unwrap();
    let made = create(dir.path());
    let bytes = std::fs::read(dir.path().join(keys::FILE)).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    for secret in [made.data_key(), made.signing_seed()] {
        use base64::Engine as _;
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
        assert!(!text.contains(&hex) && !text.contains(&base64));
    }
    assert!(!text.contains(PASSPHRASE));
}

#[test]
fn a_wrong_passphrase_is_told_from_a_damaged_file() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path());
    assert_eq!(
        code(Keys::open(dir.path(), "mật khẩu khác")),
        "STORE-PASSPHRASE"
    );
    assert_eq!(code(Keys::open(dir.path(), "")), "STORE-PASSPHRASE");
    let path = dir.path().join(keys::FILE);
    let good = std::fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x01;
        std::fs::write(&path, &bad).unwrap();
        let code = code(Keys::open(dir.path(), PASSPHRASE));
        // A byte that is no UTF-8 any more is a file that cannot be read.
        assert!(
            ["STORE-KEYFILE", "STORE-FILE"].contains(&code),
            "byte {at}: {code}"
        );
    }
    for length in [0, 1, good.len() / 2, good.len() - 1] {
        std::fs::write(&path, &good[..length]).unwrap();
        let code = code(Keys::open(dir.path(), PASSPHRASE));
        assert!(
            ["STORE-KEYFILE", "STORE-FILE"].contains(&code),
            "{length} bytes: {code}"
        );
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code(Keys::open(dir.path(), PASSPHRASE)), "STORE-FILE");
}

#[test]
fn slots_change_without_touching_the_data_key() {
    let dir = tempfile::tempdir().unwrap();
    let made = create(dir.path());
    let put = |current, new| keys::put_passphrase(dir.path(), current, new, &mut random(2));
    put(PASSPHRASE, slot("second", "người thứ hai")).unwrap();
    assert_eq!(
        keys::slots(dir.path()).unwrap(),
        [keys::FIRST_SLOT, "second"]
    );
    for passphrase in [PASSPHRASE, "người thứ hai"] {
        let opened = Keys::open(dir.path(), passphrase).unwrap();
        assert_eq!(opened.data_key(), made.data_key());
        assert_eq!(opened.signing_seed(), made.signing_seed());
    }
    put("người thứ hai", slot(keys::FIRST_SLOT, "mật khẩu mới")).unwrap();
    assert_eq!(code(Keys::open(dir.path(), PASSPHRASE)), "STORE-PASSPHRASE");
    assert_eq!(
        Keys::open(dir.path(), "mật khẩu mới").unwrap().data_key(),
        made.data_key()
    );
    let refused = put(PASSPHRASE, slot("third", "x")).unwrap_err();
    assert_eq!(refused.code(), "STORE-PASSPHRASE");
    keys::drop_passphrase(dir.path(), "mật khẩu mới", "second").unwrap();
    assert_eq!(
        code(Keys::open(dir.path(), "người thứ hai")),
        "STORE-PASSPHRASE"
    );
    let last = keys::drop_passphrase(dir.path(), "mật khẩu mới", keys::FIRST_SLOT).unwrap_err();
    assert_eq!(last.code(), "STORE-KEYFILE");
}

#[test]
fn slots_and_costs_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path());
    let mut random = random(3);
    for number in 1..store::limits::KEY_SLOTS_MAX {
        let label = format!("slot {number}");
        keys::put_passphrase(dir.path(), PASSPHRASE, slot(&label, "x"), &mut random).unwrap();
    }
    let full = keys::put_passphrase(dir.path(), PASSPHRASE, slot("one more", "x"), &mut random);
    assert_eq!(full.unwrap_err().code(), "STORE-KEYFILE");
    let huge = Cost {
        memory_kib: u32::MAX,
        ..CHEAP
    };
    let other = tempfile::tempdir().unwrap();
    let refused = Keys::create(other.path(), NAME, PASSPHRASE, huge, &mut random);
    assert_eq!(code(refused), "STORE-KEYFILE");
    assert!(!other.path().join(keys::FILE).exists());
}

#[test]
fn a_slot_of_another_installation_does_not_fit() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    create(one.path());
    Keys::create(two.path(), NAME, PASSPHRASE, CHEAP, &mut random(9)).unwrap();
    let read = |dir: &Path| std::fs::read_to_string(dir.join(keys::FILE)).unwrap();
    let (first, second) = (read(one.path()), read(two.path()));
    let head = first.split("[[slot]]").next().unwrap();
    let slots = second.split_once("[[slot]]").unwrap().1;
    let body = format!("{head}[[slot]]{}", slots.split("# sha256 ").next().unwrap());
    use sha2::Digest as _;
    let sum: String = sha2::Sha256::digest(body.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    std::fs::write(
        one.path().join(keys::FILE),
        format!("{body}# sha256 {sum}\n"),
    )
    .unwrap();
    assert_eq!(code(Keys::open(one.path(), PASSPHRASE)), "STORE-PASSPHRASE");
}

#[test]
fn a_second_creation_is_refused_and_a_bad_name_too() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path());
    let again = Keys::create(dir.path(), NAME, PASSPHRASE, CHEAP, &mut random(1));
    assert_eq!(code(again), "STORE-NOT-EMPTY");
    let other = tempfile::tempdir().unwrap();
    let bad = Keys::create(other.path(), "two words", PASSPHRASE, CHEAP, &mut random(1));
    assert_eq!(code(bad), "STORE-KEYFILE");
}
