//! Names and words of the fictional province. Nobody and nothing here exists.

use domain::access::Role;

pub const PLACE: &str = "Sông Thanh";

/// A fictional unit.
pub struct DemoUnit {
    pub code: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
    pub parent: &'static str,
    /// Post of its head in the law pack.
    pub post: &'static str,
    pub leader: &'static str,
    pub supervises: bool,
}

const fn unit(
    code: &'static str,
    name: &'static str,
    kind: &'static str,
    parent: &'static str,
    post: &'static str,
    leader: &'static str,
) -> DemoUnit {
    DemoUnit {
        code,
        name,
        kind,
        parent,
        post,
        leader,
        supervises: false,
    }
}

pub const UNITS: &[DemoUnit] = &[
    unit(
        "vpub",
        "Văn phòng UBND tỉnh Sông Thanh",
        "ubnd_tinh",
        "UBND TỈNH SÔNG THANH",
        "chu_tich_ubnd_tinh",
        "Lê Minh Khôi",
    ),
    DemoUnit {
        code: "pa03",
        name: "Phòng An ninh chính trị nội bộ, Công an tỉnh Sông Thanh",
        kind: "cong_an",
        parent: "CÔNG AN TỈNH SÔNG THANH",
        post: "",
        leader: "Phạm Quốc Tường",
        supervises: true,
    },
    unit(
        "snv",
        "Sở Nội vụ tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Đỗ Thị Hải Vân",
    ),
    unit(
        "stp",
        "Sở Tư pháp tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Trịnh Văn Lục",
    ),
    unit(
        "stc",
        "Sở Tài chính tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Vũ Đình Thạch",
    ),
    unit(
        "skhcn",
        "Sở Khoa học và Công nghệ tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Hoàng Thị Ngân Hà",
    ),
    unit(
        "syt",
        "Sở Y tế tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Bùi Xuân Đường",
    ),
    unit(
        "sgddt",
        "Sở Giáo dục và Đào tạo tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Ngô Thị Thu Ba",
    ),
    unit(
        "ttt",
        "Thanh tra tỉnh Sông Thanh",
        "so",
        "UBND TỈNH SÔNG THANH",
        "giam_doc_so",
        "Đặng Văn Cầu",
    ),
    unit(
        "xaanbinh",
        "UBND xã An Bình",
        "xa",
        "TỈNH SÔNG THANH",
        "chu_tich_ubnd_xa",
        "Lương Văn Bến",
    ),
    unit(
        "ptanlap",
        "UBND phường Tân Lập",
        "xa",
        "TỈNH SÔNG THANH",
        "chu_tich_ubnd_xa",
        "Tạ Thị Bích Suối",
    ),
    unit(
        "xavinhhoa",
        "UBND xã Vĩnh Hòa",
        "xa",
        "TỈNH SÔNG THANH",
        "chu_tich_ubnd_xa",
        "Cao Văn Rạng",
    ),
    unit(
        "btctu",
        "Ban Tổ chức Tỉnh ủy Sông Thanh",
        "dang",
        "TỈNH ỦY SÔNG THANH",
        "bi_thu_tinh_uy",
        "Mai Thế Đồng",
    ),
];

pub const ISSUERS: &[&str] = &[
    "Văn phòng UBND tỉnh Sông Thanh",
    "Công an tỉnh Sông Thanh",
    "Văn phòng Tỉnh ủy Sông Thanh",
    "Bộ Chỉ huy Quân sự tỉnh Sông Thanh",
    "Thanh tra tỉnh Sông Thanh",
    "Bộ Nội vụ",
    "Bộ Tài chính",
];
pub const SYMBOLS: &[&str] = &[
    "UBND-NC",
    "CAT-ANCTNB",
    "VPTU",
    "BCH-TM",
    "TTr-NV",
    "BNV-VP",
    "BTC-NS",
];
pub const TYPES: &[&str] = &[
    "Công văn",
    "Báo cáo",
    "Kế hoạch",
    "Tờ trình",
    "Thông báo",
    "Quyết định",
];
pub const ROOMS: &[&str] = &[
    "Văn phòng",
    "Phòng Tổ chức cán bộ",
    "Phòng Nghiệp vụ",
    "Phòng Kế hoạch",
    "Lãnh đạo đơn vị",
];
pub const SUBJECTS: &[&str] = &[
    "V/v rà soát danh mục tài liệu lưu giữ",
    "Kết quả kiểm tra đột xuất quý I",
    "Phương án bảo vệ kỳ thi tuyển dụng",
    "V/v chuẩn bị nội dung họp theo chương trình",
    "Báo cáo tình hình nội bộ phục vụ lãnh đạo",
    "Kế hoạch phối hợp diễn tập khu vực",
    "V/v cung cấp số liệu theo yêu cầu",
    "Dự kiến nhân sự trình cấp có thẩm quyền",
    "Kết quả thẩm tra hồ sơ",
    "V/v thu hồi tài liệu sau hội nghị",
];

/// Name of an account's role.
pub fn prefix(role: Role) -> &'static str {
    match role {
        Role::VanThu => "vanthu",
        Role::CanBo => "canbo",
        Role::ThuTruong => "thutruong",
        Role::QuanTri => "quantri",
        Role::GiamSat => "giamsat",
    }
}

/// Code of a document type (NĐ 30/2020/NĐ-CP Phụ lục III; a công văn has none).
pub fn type_code(doc_type: &str) -> &'static str {
    match doc_type {
        "Báo cáo" => "BC",
        "Kế hoạch" => "KH",
        "Tờ trình" => "TTr",
        "Thông báo" => "TB",
        "Quyết định" => "QĐ",
        _ => "CV",
    }
}

/// A person who does not exist.
pub fn person(number: usize) -> String {
    const FAMILY: [&str; 9] = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ",
    ];
    const MIDDLE: [&str; 7] = [
        "Thị Mộc",
        "Văn Bách",
        "Thị Lam",
        "Đình Sơn",
        "Thị Thu",
        "Quang Trúc",
        "Minh Đan",
    ];
    const GIVEN: [&str; 11] = [
        "An", "Bảo", "Châu", "Duy", "Giang", "Hạnh", "Khuê", "Linh", "Nhàn", "Phúc", "Yên",
    ];
    let at = |list: &[&'static str], step: usize| {
        list.get((number * step) % list.len())
            .copied()
            .unwrap_or_default()
    };
    format!("{} {} {}", at(&FAMILY, 5), at(&MIDDLE, 3), at(&GIVEN, 7))
}
