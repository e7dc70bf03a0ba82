//! Five thousand ordinary documents of offices, made from a seed, none of them secret: none is marked.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use scan::{Limits, Markers, Scanner, Verdict};
use vanban::encodings::{Encoding, encode};

const DOCUMENTS: u64 = 5_000;

/// A small generator of numbers, the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len());
        *list.get(at).unwrap()
    }
}

const BODIES: [&str; 8] = [
    "ỦY BAN NHÂN DÂN TỈNH HẢI SƠN",
    "SỞ NỘI VỤ",
    "CÔNG AN TỈNH HẢI SƠN",
    "TỈNH ỦY HẢI SƠN",
    "PHÒNG TƯ PHÁP",
    "TRƯỜNG TRUNG HỌC AN HÒA",
    "BỆNH VIỆN ĐA KHOA",
    "HỘI ĐỒNG NHÂN DÂN XÃ AN HÒA",
];
const TYPES: [(&str, &str); 7] = [
    ("KH", "KẾ HOẠCH"),
    ("BC", "BÁO CÁO"),
    ("QĐ", "QUYẾT ĐỊNH"),
    ("TB", "THÔNG BÁO"),
    ("CV", ""),
    ("HD", "HƯỚNG DẪN"),
    ("TTr", "TỜ TRÌNH"),
];
const URGENCY: [&str; 6] = ["", "", "", "KHẨN", "HỎA TỐC", "THƯỢNG KHẨN"];
const SUBJECTS: [&str; 12] = [
    "Về công tác bảo vệ bí mật nhà nước năm 2024",
    "VỀ BẢO ĐẢM AN TOÀN, BẢO MẬT THÔNG TIN",
    "Triển khai Luật Bảo vệ bí mật nhà nước",
    "Về mật độ xây dựng và mặt bằng khu dân cư",
    "Đổi mật khẩu hệ thống một cửa",
    "Phòng, chống mất, lộ, lọt thông tin",
    "Tổ chức thi đua quý I",
    "Về việc giải mật tài liệu hết thời hạn bảo vệ",
    "DANH MỤC BÍ MẬT NHÀ NƯỚC TRONG LĨNH VỰC Y TẾ",
    "Về mua ong giống và MẬT ONG của hợp tác xã",
    "Thu hồi tài liệu cũ, số hóa bản lưu",
    "Sơ kết công tác văn thư, lưu trữ",
];
const LINES: [&str; 26] = [
    "Bí mật nhà nước được chia thành ba độ: Tuyệt mật, Tối mật và Mật.",
    "1. Đối với tài liệu độ Tuyệt mật, người đứng đầu quyết định việc sao, chụp.",
    "2. Tài liệu độ Tối mật và độ Mật gửi theo đường giao liên.",
    "- Dấu chỉ độ mật: TUYỆT MẬT, TỐI MẬT, MẬT; dấu \"Tài liệu thu hồi\"; dấu \"Chỉ người có tên mới được bóc bì\".",
    "- Việc đóng dấu GIẢI MẬT thực hiện theo quyết định của người có thẩm quyền.",
    "Sổ đăng ký bí mật nhà nước đi, sổ đăng ký bí mật nhà nước đến được quản lý chặt chẽ.",
    "Bản sao bí mật nhà nước có giá trị như bản chính.",
    "Thời hạn bảo vệ bí mật nhà nước độ Mật là 10 năm.",
    "Các đơn vị rà soát tài liệu có độ mật, báo cáo trước ngày 20 tháng 12.",
    "Mật khẩu phải được thay đổi ba tháng một lần.",
    "Mặt trận Tổ quốc phối hợp tuyên truyền.",
    "MẶT HÀNG",
    "MẤT",
    "BẢO MẬT",
    "MẬT KHẨU",
    "Số lượng: 12 văn bản",
    "Bản số hóa được lưu trên máy chủ.",
    "Yêu cầu thủ trưởng các cơ quan, đơn vị nghiêm túc thực hiện.",
    "Kinh phí thực hiện được bố trí từ ngân sách địa phương theo quy định.",
    "Phụ lục I",
    "STT\tNội dung\tĐơn vị chủ trì\tThời gian",
    "1\tTổ chức hội nghị\tVăn phòng\tTháng 3",
    "2\tKiểm tra công tác bảo mật\tCông an tỉnh\tQuý II",
    "Độ mật: Không",
    "Độ khẩn: Thường",
    "A",
];
const TAILS: [&str; 3] = [
    "Nơi nhận:\n- Như trên;\n- Lưu: VT, NC.\n",
    "Nơi nhận:\n- Các sở;\n- Lưu VT (3b).\n",
    "Lưu: VT, BMNN\n",
];

fn document(numbers: &mut Numbers) -> String {
    let (short, title) = numbers.of(&TYPES);
    let issuer = numbers.of(&BODIES);
    let gap = numbers.of(&["\n", "        ", "\t"]);
    let number = 1 + numbers.below(900);
    let day = 1 + numbers.below(28);
    let mut text = format!(
        "{issuer}{gap}CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSố: {number}/{short}-VP{gap}Hải Sơn, ngày {day} tháng 3 năm 2024\n{}\n{title}\n{}\n\nKính gửi: Các phòng, ban.\n",
        numbers.of(&URGENCY),
        numbers.of(&SUBJECTS),
    );
    if numbers.below(12) == 0 {
        text.push_str("TT\nNội dung\nTuyệt mật\nTối mật\nMật\nTổng\n");
    }
    if numbers.below(20) == 0 {
        text.push_str("Mẫu số 14\nSỔ ĐĂNG KÝ BÍ MẬT NHÀ NƯỚC ĐI\nNăm ....\n");
    }
    for _ in 0..10 + numbers.below(60) {
        text.push_str(numbers.of(&LINES));
        text.push('\n');
    }
    text + numbers.of(&TAILS)
}

#[test]
fn ordinary_documents_are_clean() {
    let scanner = Scanner::new(Markers::built_in().unwrap(), None);
    let mut numbers = Numbers(20_241_122);
    let mut alarms = Vec::new();
    for at in 0..DOCUMENTS {
        let text = document(&mut numbers);
        let encoding = if at % 10 == 9 {
            Encoding::ALL[(at / 10) as usize % Encoding::ALL.len()]
        } else {
            Encoding::Utf8
        };
        let bytes = encode(&text, encoding).unwrap();
        scanner.scan("van-ban.txt", &bytes, &Limits::default(), &mut |report| {
            if report.verdict != Verdict::Clean {
                alarms.push(format!(
                    "{at} {} {:?} {:?}",
                    encoding.as_str(),
                    report.findings,
                    report.incomplete
                ));
            }
        });
    }
    alarms.truncate(5);
    assert!(alarms.is_empty(), "{alarms:#?}");
}
