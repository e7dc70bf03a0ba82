//! Words of the drawn pages: text out of the public plans of the tests, headers of fictional units, and what stands on
//! stamps that are not level stamps.

use scan::stamps::Class;

use crate::fonts::Set;
use crate::rng::Rng;

const TEXTS: [&str; 5] = [
    include_str!("../../crates/vanban/tests/seeds/s0.txt"),
    include_str!("../../crates/vanban/tests/seeds/s1.txt"),
    include_str!("../../crates/vanban/tests/seeds/s2.txt"),
    include_str!("../../crates/vanban/tests/seeds/s3.txt"),
    include_str!("../../crates/vanban/tests/seeds/s4.txt"),
];

/// Long enough lines of the texts of one set, no text in two sets.
pub fn lines(set: Set) -> Vec<&'static str> {
    let texts = match set.material() {
        Set::Train => 0..3,
        Set::Validation => 3..4,
        _ => 4..5,
    };
    let of_set = TEXTS
        .into_iter()
        .enumerate()
        .filter(|(at, _)| texts.contains(at));
    of_set
        .flat_map(|(_, text)| text.lines())
        .map(str::trim)
        .filter(|line| line.chars().count() > 40)
        .collect()
}

pub const OVER: &[&str] = &[
    "UBND TỈNH HẢI SƠN",
    "BỘ KẾ HOẠCH",
    "TỈNH ỦY BÌNH LÂM",
    "UBND HUYỆN TÂN PHÚ",
    "TỔNG CỤC THỦY VĂN",
    "UBND TỈNH ĐÔNG HÀ",
];
pub const UNIT: &[&str] = &[
    "SỞ NỘI VỤ",
    "SỞ TÀI CHÍNH",
    "VĂN PHÒNG",
    "PHÒNG TƯ PHÁP",
    "BAN TỔ CHỨC",
    "CỤC QUẢN LÝ NƯỚC",
    "SỞ XÂY DỰNG",
];
pub const KINDS: &[&str] = &[
    "KẾ HOẠCH",
    "BÁO CÁO",
    "QUYẾT ĐỊNH",
    "TỜ TRÌNH",
    "THÔNG BÁO",
    "CÔNG VĂN",
    "BIÊN BẢN",
    "PHƯƠNG ÁN",
    "CHỈ THỊ",
];
pub const SUBJECTS: &[&str] = &[
    "Về công tác bảo vệ bí mật nhà nước năm 2025",
    "Về việc rà soát danh mục và độ mật của tài liệu",
    "Kết quả kiểm tra công tác văn thư, lưu trữ",
    "Tổ chức hội nghị sơ kết sáu tháng đầu năm",
    "Triển khai Luật Bảo vệ bí mật nhà nước",
    "Phòng, chống thiên tai và tìm kiếm cứu nạn",
];
pub const PEOPLE: &[&str] = &[
    "Nguyễn Văn An",
    "Trần Thị Bình",
    "Lê Hoàng Cường",
    "Phạm Minh Đức",
    "Vũ Thu Hà",
    "Đỗ Quang Khải",
];

/// Words close to a level word.
pub const NEAR: &[&str] = &[
    "MẶT",
    "MẤT",
    "MẶT",
    "MẤT",
    "MÁT",
    "MẠT",
    "MẮT",
    "MẦT",
    "MẬN",
    "VẬT",
    "NHẬT",
    "TỐI MẶT",
    "TỐI MẤT",
    "TỐI MẮT",
    "TỒI MẬT",
    "TUYỆT MẶT",
    "TUYỆT MẤT",
    "TUYẾT MẬT",
    "BẢO MẬT",
    "BÍ MẬT",
    "MẬT ONG",
    "MẬT KHẨU",
    "MẬT ĐỘ",
    "TỐI NAY",
    "TUYỆT VỜI",
    "TUYỆT ĐỐI",
    "TỐI ƯU",
    "MẶT BẰNG",
];

/// More for training: a level word of which one mark or two differ, those that differ by one twice.
pub const NEARER: &[&str] = &[
    "TỐI MẶT",
    "TỐI MẤT",
    "TỐI MẮT",
    "TỐI MẦT",
    "TỒI MẬT",
    "TỔI MẬT",
    "TỘI MẬT",
    "TỚI MẬT",
    "TUYỆT MẶT",
    "TUYỆT MẤT",
    "TUYỆT MẮT",
    "TUYỆT MẦT",
    "TUYẾT MẬT",
    "TUYỂT MẬT",
    "TỐI MẶT",
    "TỐI MẤT",
    "TỐI MẮT",
    "TỐI MẦT",
    "TỒI MẬT",
    "TỔI MẬT",
    "TỘI MẬT",
    "TỚI MẬT",
    "TUYỆT MẶT",
    "TUYỆT MẤT",
    "TUYỆT MẮT",
    "TUYỆT MẦT",
    "TUYẾT MẬT",
    "TUYỂT MẬT",
    "TỒI MẶT",
    "TỒI MẤT",
    "TỒI MẮT",
    "TỒI MẦT",
    "TỔI MẶT",
    "TỔI MẤT",
    "TỔI MẮT",
    "TỔI MẦT",
    "TỘI MẶT",
    "TỘI MẤT",
    "TỘI MẮT",
    "TỘI MẦT",
    "TỚI MẶT",
    "TỚI MẤT",
    "TỚI MẮT",
    "TỚI MẦT",
    "TUYẾT MẶT",
    "TUYẾT MẤT",
    "TUYẾT MẮT",
    "TUYẾT MẦT",
    "TUYỂT MẶT",
    "TUYỂT MẤT",
    "TUYỂT MẮT",
    "TUYỂT MẦT",
    "MẶT",
    "MẤT",
    "MẮT",
    "MẦT",
    "MẨT",
    "MẬP",
    "MẬN",
    "NHẬT",
];

/// The reader's output for a word that is drawn: each near miss has its own, that of its first place in the lists.
pub fn output(class: Class, word: &str) -> u8 {
    let of_class = Class::ALL.iter().position(|one| *one == class);
    let mut near = NEAR.iter().chain(NEARER);
    let of_word = near.position(|one| *one == word && class == Class::NearMiss);
    let output = of_word.map(|at| Class::ALL.len() + at).or(of_class);
    output.unwrap_or_default() as u8
}

pub const OTHER: &[&str] = &[
    "SAO Y",
    "BẢN CHÍNH",
    "ĐÃ THU",
    "HỦY BỎ",
    "DỰ THẢO",
    "BẢN SAO",
    "ĐÃ KIỂM TRA",
    "LƯU HÀNH NỘI BỘ",
    "TÀI LIỆU THU HỒI",
    "ĐÃ GIẢI NGÂN",
    "ĐẾN",
    "VĂN THƯ",
    "ĐÃ DUYỆT",
    "KHÔNG PHỔ BIẾN",
    "ĐÃ XUẤT KHO",
    "NGUYỄN VĂN AN",
    "BẢN GỐC",
    "ĐÃ THANH TOÁN",
    "MIỄN PHÍ",
    "TRÌNH KÝ",
    "COPY",
    "CHỈ NGƯỜI CÓ TÊN",
    "THAM KHẢO",
    "MẪU SỐ 1",
    "BẢN SỐ 02",
    "TÀI CHÍNH",
    "THUẾ",
    "HẾT HẠN",
    "TẠM DỪNG",
];

pub const LOGOS: &[&str] = &[
    "SAO VÀNG",
    "NÔNG SẢN SẠCH",
    "GIẢM 50%",
    "MẬT ONG RỪNG",
    "HOT",
    "TRÀ XANH",
    "CÀ PHÊ SỐ 1",
    "TIN MỚI",
    "KHUYẾN MÃI",
    "VIỆT MỸ",
    "MIỀN TÂY",
    "TẾT 2025",
    "MẬT MÍA",
    "TÂM AN",
];

/// A line of words, as long as wanted.
pub fn run(lines: &[&'static str], chars: usize, rng: &mut Rng) -> String {
    let line = rng.pick(lines);
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut out = String::new();
    let first = rng.below(words.len());
    for word in words.iter().cycle().skip(first) {
        if out.chars().count() + word.chars().count() >= chars {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_near_miss_has_an_output_of_its_own() {
        let last = Class::ALL.len() + scan::stamps::net::NEAR_MISSES;
        let mut known = std::collections::BTreeMap::new();
        for word in NEAR.iter().chain(NEARER) {
            let output = output(Class::NearMiss, word);
            assert!(usize::from(output) >= Class::ALL.len() && usize::from(output) < last);
            assert_eq!(known.insert(output, word).unwrap_or(word), word);
            assert!(Class::ALL.iter().all(|class| class.word() != *word));
        }
        for (at, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(output(class, class.word())), at);
        }
    }
}
