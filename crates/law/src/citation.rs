//! Where a value stands in the law.

use crate::terms_of_art::{ActKind, Evidence};

/// A place in a legal act. Number and date together name the act: two different
/// directives are both numbered 02/CT-TTg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// Kind of the act, for its name in words.
    pub kind: ActKind,
    /// Number of the act, as printed: `29/2018/QH14`.
    pub act: String,
    /// Date of the act, ISO; empty only if the act's date is not known.
    pub date: String,
    /// Article (`19`), or the name of an annex or form (`Mẫu 14`, `Phụ lục III`).
    pub article: String,
    /// Clause (khoản).
    pub clause: Option<String>,
    /// Point (điểm).
    pub point: Option<String>,
    /// How far the value was compared with this text.
    pub evidence: Evidence,
}

impl Citation {
    /// The citation in Vietnamese words, ending in the mark of an uncompared text:
    /// `điểm a khoản 1 Điều 11 Luật 29/2018/QH14`.
    #[must_use]
    pub fn vi(&self) -> String {
        let mut words = String::new();
        if let Some(point) = &self.point {
            words.push_str(&format!("điểm {point} "));
        }
        if let Some(clause) = &self.clause {
            words.push_str(&format!("khoản {clause} "));
        }
        let numbered = self
            .article
            .starts_with(|first: char| first.is_ascii_digit());
        words.push_str(if numbered { "Điều " } else { "" });
        words.push_str(&format!(
            "{} {} {}",
            self.article,
            self.kind.label_vi(),
            self.act
        ));
        if self.evidence != Evidence::Verified {
            words.push_str(", ");
            words.push_str(self.evidence.label_vi());
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn citation(article: &str, evidence: Evidence) -> Citation {
        Citation {
            kind: ActKind::Luat,
            act: "29/2018/QH14".to_owned(),
            date: "2018-11-15".to_owned(),
            article: article.to_owned(),
            clause: Some("1".to_owned()),
            point: Some("a".to_owned()),
            evidence,
        }
    }

    #[test]
    fn words_follow_the_vietnamese_order_and_carry_the_mark() {
        assert_eq!(
            citation("11", Evidence::Verified).vi(),
            "điểm a khoản 1 Điều 11 Luật 29/2018/QH14"
        );
        assert_eq!(
            citation("11", Evidence::Secondary).vi(),
            "điểm a khoản 1 Điều 11 Luật 29/2018/QH14, chưa đối chiếu Công báo"
        );
        let annex = Citation {
            clause: None,
            point: None,
            ..citation("Phụ lục III", Evidence::Unknown)
        };
        assert_eq!(
            annex.vi(),
            "Phụ lục III Luật 29/2018/QH14, chưa có toàn văn"
        );
    }
}
