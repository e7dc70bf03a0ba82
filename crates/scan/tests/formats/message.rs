//! Outlook messages as Outlook lays them out, built here because no free sample was at hand.

use crate::make::Compound;
use crate::testing::Collected;
use scan::{Kind, Limits, Place, Reason};

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn message() -> Vec<u8> {
    let mut file = Compound::new();
    file.stream_in(0, "__properties_version1.0", b"");
    for (name, text) in [
        ("__substg1.0_0037001F", "Tối mật: lịch họp"),
        ("__substg1.0_1000001F", "Xin chào\r\nKèm tài liệu."),
        ("__substg1.0_0C1A001F", "Nguyễn Văn Thử"),
        ("__substg1.0_007D001F", "X-Nhan: MAT"),
    ] {
        file.stream_in(0, name, &wide(text));
    }
    file.stream_in(
        0,
        "__substg1.0_10130102",
        b"<html><body><p>M\xe1\xba\xacT trong trang</p></body></html>",
    );
    let person = file.storage(0, "__recip_version1.0_#00000000");
    file.stream_in(person, "__properties_version1.0", b"");
    file.stream_in(person, "__substg1.0_3001001F", &wide("Trần Thị Mẫu"));
    let attached = file.storage(0, "__attach_version1.0_#00000000");
    file.stream_in(attached, "__properties_version1.0", b"");
    file.stream_in(attached, "__substg1.0_3707001F", &wide("kế hoạch.txt"));
    file.stream_in(attached, "__substg1.0_37010102", "nội dung kèm".as_bytes());
    let second = file.storage(0, "__attach_version1.0_#00000001");
    file.stream_in(second, "__properties_version1.0", b"");
    let inner = file.storage(second, "__substg1.0_3701000D");
    file.stream_in(inner, "__properties_version1.0", b"");
    file.stream_in(inner, "__substg1.0_0037001F", &wide("Thư chuyển tiếp"));
    file.file(|_, _| {})
}

#[test]
fn every_part_of_a_message_is_read() {
    let bytes = message();
    let kind = Kind::of(&bytes, "thu.msg");
    assert_eq!(kind, Kind::Msg);
    let mut sink = Collected::default();
    scan::formats::read(kind, &bytes, &Limits::default(), &mut sink).unwrap();
    for (place, text) in [
        (Place::Property, "Tối mật: lịch họp"),
        (Place::Body, "Kèm tài liệu."),
        (Place::Property, "Nguyễn Văn Thử"),
        (Place::Property, "X-Nhan: MAT"),
        (Place::Property, "Trần Thị Mẫu"),
        (Place::Property, "Thư chuyển tiếp"),
    ] {
        assert!(
            sink.pieces
                .iter()
                .any(|piece| piece.place == place && piece.text == text),
            "{text}: {:?}",
            sink.texts()
        );
    }
    assert!(
        sink.texts()
            .iter()
            .any(|text| text.contains("MẬT trong trang"))
    );
    assert_eq!(sink.members.len(), 1);
    assert_eq!(sink.members[0].name, "kế hoạch.txt");
    assert!(sink.members[0].bytes.starts_with("nội dung kèm".as_bytes()));
    assert!(sink.incomplete.is_empty(), "{:?}", sink.incomplete);
}

#[test]
fn a_cut_message_is_said() {
    let bytes = message();
    let mut sink = Collected::default();
    let cut = &bytes[..bytes.len() / 2];
    scan::formats::read(Kind::Msg, cut, &Limits::default(), &mut sink).unwrap();
    assert!(sink.reasons().contains(&Reason::Damaged));
}
