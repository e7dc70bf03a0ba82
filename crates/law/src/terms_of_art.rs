//! The closed vocabularies of the law: levels, carriers, acts, books, evidence.
//!
//! Each has a code (contract.md) and a Vietnamese label; nothing else may be
//! said about them here, the rules are data.

/// Declares a closed vocabulary with its codes and Vietnamese labels.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable code used in files, questions and rows.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The word a clerk reads.
            #[must_use]
            pub const fn label_vi(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// Reads a code; `None` for anything else.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

vocabulary! {
    /// Level of secrecy (độ mật), Luật 29/2018/QH14 Điều 8. The order is the
    /// order of harm: `TuyetMat` is the greatest.
    Level {
        /// Mật: serious harm.
        Mat = "mat", "Mật";
        /// Tối mật: very serious harm.
        ToiMat = "toi_mat", "Tối mật";
        /// Tuyệt mật: especially serious harm.
        TuyetMat = "tuyet_mat", "Tuyệt mật";
    }
}

vocabulary! {
    /// How far a value was compared with the text of the law (mức đối chiếu).
    /// The order is the order of trust: `Verified` is the greatest.
    Evidence {
        /// The text was not seen: there is no value, only the name of what is missing.
        Unknown = "unknown", "chưa có toàn văn";
        /// Known from press, official summaries or third parties only.
        Secondary = "secondary", "chưa đối chiếu Công báo";
        /// The provision's own text was read.
        Verified = "verified", "đã đối chiếu văn bản";
    }
}

vocabulary! {
    /// What carries the secret (hình thức chứa bí mật), Luật 29/2018/QH14 Điều 2 khoản 1.
    Carrier {
        /// A document.
        Document = "document", "tài liệu";
        /// An object.
        Object = "object", "vật";
        /// A place.
        Place = "place", "địa điểm";
        /// Spoken words.
        Speech = "speech", "lời nói";
        /// An activity.
        Activity = "activity", "hoạt động";
        /// Any other form.
        Other = "other", "hình thức khác";
    }
}

vocabulary! {
    /// The four statutory books (sổ).
    BookKind {
        /// Outgoing: sổ đăng ký đi.
        Di = "di", "Sổ đăng ký bí mật nhà nước đi";
        /// Incoming: sổ đăng ký đến.
        Den = "den", "Sổ đăng ký bí mật nhà nước đến";
        /// Hand-over: sổ chuyển giao.
        ChuyenGiao = "chuyen_giao", "Sổ chuyển giao bí mật nhà nước";
        /// Copying and photographing: sổ quản lý sao, chụp.
        SaoChup = "sao_chup", "Sổ quản lý sao, chụp bí mật nhà nước";
    }
}

vocabulary! {
    /// An act that needs a competent person.
    Act {
        /// Determine that something is secret, and its level.
        Determine = "determine", "xác định bí mật nhà nước và độ mật";
        /// Permit copying or photographing.
        Copy = "copy", "cho phép sao, chụp";
        /// Provide or transfer to Vietnamese bodies and persons.
        Provide = "provide", "cung cấp, chuyển giao cho cơ quan, tổ chức, cá nhân Việt Nam";
        /// Provide or transfer to foreign parties.
        ProvideForeign = "provide_foreign", "cung cấp, chuyển giao cho bên nước ngoài";
        /// Permit carrying out of the place of keeping, in the country.
        CarryOut = "carry_out", "cho phép mang ra khỏi nơi lưu giữ trong nước";
        /// Permit carrying abroad.
        CarryAbroad = "carry_abroad", "cho phép mang ra nước ngoài";
        /// Permit use of secret content in a meeting.
        Meet = "meet", "cho phép sử dụng nội dung bí mật trong hội nghị, cuộc họp";
        /// The same with a foreign element.
        MeetForeign = "meet_foreign", "cho phép sử dụng nội dung bí mật trong hội nghị có yếu tố nước ngoài";
        /// Raise or lower the level.
        Adjust = "adjust", "điều chỉnh độ mật";
        /// Extend the term of protection.
        Extend = "extend", "gia hạn thời hạn bảo vệ";
        /// Declassify.
        Declassify = "declassify", "giải mật";
        /// Decide destruction.
        Destroy = "destroy", "quyết định tiêu hủy";
    }
}

vocabulary! {
    /// A proceeding that leaves papers (thủ tục): what is written, by whom it is
    /// reviewed, whom it is reported to. Its decider is named by [`Act`].
    Proceeding {
        /// Determine the secret and its level.
        Determine = "determine", "xác định bí mật nhà nước và độ mật";
        /// Information received that is in a catalogue but not yet determined.
        DetermineReceived = "determine_received", "thông tin tiếp nhận thuộc danh mục, chưa được xác định";
        /// Copy whole: sao y bản chính, sao lục.
        Copy = "copy", "sao";
        /// Copy a part: trích sao.
        Extract = "extract", "trích sao";
        /// Photograph: chụp.
        Photograph = "photograph", "chụp";
        /// Authorise a deputy: ủy quyền.
        Delegate = "delegate", "ủy quyền cho cấp phó";
        /// Provide or transfer to Vietnamese bodies and persons.
        Provide = "provide", "cung cấp, chuyển giao cho bên Việt Nam";
        /// Provide or transfer to foreign parties.
        ProvideForeign = "provide_foreign", "cung cấp, chuyển giao cho bên nước ngoài";
        /// Carry out of the place of keeping, in the country.
        CarryOut = "carry_out", "mang ra khỏi nơi lưu giữ trong nước";
        /// Carry abroad.
        CarryAbroad = "carry_abroad", "mang ra nước ngoài";
        /// Hold a meeting with secret content.
        Meet = "meet", "hội nghị, hội thảo, cuộc họp có nội dung bí mật";
        /// The same with a foreign element.
        MeetForeign = "meet_foreign", "hội nghị, hội thảo, cuộc họp có yếu tố nước ngoài";
        /// Raise or lower the level.
        Adjust = "adjust", "điều chỉnh độ mật";
        /// Extend the term of protection.
        Extend = "extend", "gia hạn thời hạn bảo vệ";
        /// Declassify by decision.
        Declassify = "declassify", "giải mật theo quyết định";
        /// Declassified by law because it left the catalogue.
        DeclassifyCatalogue = "declassify_catalogue", "giải mật do không còn thuộc danh mục";
        /// Destroy after a council's review.
        Destroy = "destroy", "tiêu hủy";
        /// Destroy at once because delay would harm.
        DestroyUrgent = "destroy_urgent", "tiêu hủy trong trường hợp cấp bách";
        /// Send and hand over.
        Deliver = "deliver", "gửi, giao";
        /// Receive.
        Receive = "receive", "nhận";
    }
}

vocabulary! {
    /// When a rule asks for something, relative to the act it belongs to.
    Timing {
        /// All the time.
        Always = "always", "thường xuyên";
        /// Before the act.
        Before = "before", "trước khi thực hiện";
        /// After the act.
        After = "after", "sau khi thực hiện";
        /// At once.
        AtOnce = "at_once", "ngay";
        /// At the latest on the next working day.
        NextWorkingDay = "next_working_day", "chậm nhất ngày làm việc tiếp theo";
        /// On the day written on the carrier.
        OnTheDate = "on_the_date", "đúng ngày ghi trên tài liệu";
        /// When the work or the meeting ends.
        AtTheEnd = "at_the_end", "khi kết thúc";
    }
}

vocabulary! {
    /// Whether a proceeding needs two different people.
    TwoPersons {
        /// One person may do all of it.
        No = "no", "không đòi hỏi hai người";
        /// A rule of this program, not of the law.
        House = "house", "hai người khác nhau, quy tắc của chương trình";
        /// The law names two roles that cannot be one person.
        Law = "law", "hai người khác nhau theo quy định";
    }
}

vocabulary! {
    /// Which envelope (bì) of a consignment.
    EnvelopePlace {
        /// The only one.
        Single = "single", "một bì";
        /// The inner one of two.
        Inner = "inner", "bì trong";
        /// The outer one of two.
        Outer = "outer", "bì ngoài";
    }
}

vocabulary! {
    /// Devices of those attending that can receive, transmit, record or film.
    DeviceRule {
        /// Not allowed.
        Forbidden = "forbidden", "không được mang, sử dụng";
        /// As the chair requires.
        AsChairRequires = "as_chair_requires", "theo yêu cầu của người chủ trì";
    }
}

vocabulary! {
    /// Where a post stands in the state.
    Tier {
        /// Central bodies.
        Central = "trung_uong", "trung ương";
        /// Provincial bodies.
        Province = "tinh", "cấp tỉnh";
        /// District bodies, until 30/6/2025.
        District = "huyen", "cấp huyện";
        /// Commune bodies.
        Commune = "xa", "cấp xã";
        /// Inside the people's police.
        Police = "cong_an", "Công an nhân dân";
    }
}

vocabulary! {
    /// What the holder of a post is to the body it belongs to.
    Rank {
        /// Head of a body or organisation.
        Head = "head", "người đứng đầu cơ quan, tổ chức";
        /// Deputy of such a head.
        Deputy = "deputy", "cấp phó của người đứng đầu";
        /// Head of a unit inside a body.
        UnitHead = "unit_head", "người đứng đầu đơn vị trực thuộc";
        /// Deputy head of a unit inside a body.
        UnitDeputy = "unit_deputy", "cấp phó của người đứng đầu đơn vị trực thuộc";
        /// Any other person of the body.
        Staff = "staff", "cán bộ, công chức";
    }
}

vocabulary! {
    /// Kind of legal act; with its number it gives the Vietnamese name.
    ActKind {
        /// Code.
        BoLuat = "bo_luat", "Bộ luật";
        /// Law.
        Luat = "luat", "Luật";
        /// Ordinance.
        PhapLenh = "phap_lenh", "Pháp lệnh";
        /// Resolution.
        NghiQuyet = "nghi_quyet", "Nghị quyết";
        /// Government decree.
        NghiDinh = "nghi_dinh", "Nghị định";
        /// Circular.
        ThongTu = "thong_tu", "Thông tư";
        /// Decision.
        QuyetDinh = "quyet_dinh", "Quyết định";
        /// Directive.
        ChiThi = "chi_thi", "Chỉ thị";
        /// Official letter.
        CongVan = "cong_van", "Công văn";
        /// Plan.
        KeHoach = "ke_hoach", "Kế hoạch";
        /// Party regulation.
        QuyDinh = "quy_dinh", "Quy định";
        /// Guidance.
        HuongDan = "huong_dan", "Hướng dẫn";
        /// Consolidated text.
        HopNhat = "hop_nhat", "Văn bản hợp nhất";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_by_harm() {
        assert!(Level::TuyetMat > Level::ToiMat && Level::ToiMat > Level::Mat);
        assert_eq!(Level::TuyetMat.label_vi(), "Tuyệt mật");
    }

    #[test]
    fn codes_read_back() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.code()), Some(*level));
        }
        for act in Act::ALL {
            assert_eq!(Act::parse(act.code()), Some(*act));
        }
        assert_eq!(Level::parse("bi_mat_cong_tac"), None);
    }
}
