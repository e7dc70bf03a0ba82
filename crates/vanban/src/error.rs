//! Why a file could not be read. One enum for the whole crate: callers match on [`ReadError::code`].

use thiserror::Error;

/// A refusal to read a file. The display text is for developers and the command line; the
/// screen shows [`ReadError::message_vi`] and [`ReadError::remedy_vi`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The file holds no bytes.
    #[error("file is empty")]
    Empty,
    /// The file is larger than the limit; sizes in bytes.
    #[error("file has {bytes} bytes, the limit is {limit}")]
    TooLarge {
        /// Size of the file in bytes.
        bytes: u64,
        /// Limit in bytes.
        limit: u64,
    },
    /// The content is a kind of file that this reader does not read.
    #[error("unsupported file type `{kind}`")]
    Type {
        /// What the content is, as a short name such as `doc` or `image`.
        kind: String,
    },
    /// The name promises one type, the content is not of that type.
    #[error("file is named `.{named}` but its content is not {named}")]
    Mismatch {
        /// Extension of the file name.
        named: String,
    },
    /// The bytes are not text in an encoding that is recognised.
    #[error("bytes are not UTF-8 or UTF-16 text")]
    Encoding,
    /// The file is cut short or broken.
    #[error("{kind} file is damaged: {detail}")]
    Damaged {
        /// Type of the file.
        kind: &'static str,
        /// What was found broken.
        detail: String,
    },
    /// The file unfolds to more than a limit allows.
    #[error("{kind} file exceeds the limit of {what} ({limit})")]
    Limit {
        /// Type of the file.
        kind: &'static str,
        /// What is limited.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// An XML part declares a document type, which an office document never does.
    #[error("xml part `{part}` declares a document type")]
    Dtd {
        /// Name of the part.
        part: String,
    },
    /// The file needs a password.
    #[error("{kind} file is encrypted")]
    Encrypted {
        /// Type of the file.
        kind: &'static str,
    },
    /// The file opens but holds no text, such as a scan.
    #[error("{kind} file has no text layer ({pages} pages)")]
    NoText {
        /// Type of the file.
        kind: &'static str,
        /// Pages or parts looked at.
        pages: usize,
    },
}

impl ReadError {
    /// Stable code for scripts and golden files.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "READ-EMPTY",
            Self::TooLarge { .. } => "READ-TOO-LARGE",
            Self::Type { .. } => "READ-TYPE",
            Self::Mismatch { .. } => "READ-MISMATCH",
            Self::Encoding => "READ-ENCODING",
            Self::Damaged { .. } => "READ-DAMAGED",
            Self::Limit { .. } => "READ-LIMIT",
            Self::Dtd { .. } => "READ-DTD",
            Self::Encrypted { .. } => "READ-ENCRYPTED",
            Self::NoText { .. } => "READ-NO-TEXT",
        }
    }

    /// What to do about it, for the command line (`help: ...`).
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "choose the file again; the copy may not have finished",
            Self::TooLarge { .. } => "split the document or remove its pictures",
            Self::Type { .. } => "save the document as .docx, .pdf, .html or .txt and try again",
            Self::Mismatch { .. } => "open the file in the program that made it and save it again",
            Self::Encoding => {
                "save the text as UTF-8, or recode it first with `khien vanban recode`"
            }
            Self::Damaged { .. } => "fetch the file again from its sender",
            Self::Limit { .. } | Self::Dtd { .. } => {
                "do not open the file; ask its sender for a plain copy"
            }
            Self::Encrypted { .. } => "remove the password and try again",
            Self::NoText { .. } => "recognise the scan first, or ask for the electronic original",
        }
    }

    /// The refusal as a full Vietnamese sentence.
    #[must_use]
    pub fn message_vi(&self) -> String {
        match self {
            Self::Empty => "Tệp không có nội dung.".to_owned(),
            Self::TooLarge { bytes, limit } => {
                format!(
                    "Tệp lớn {} MB, vượt giới hạn {} MB.",
                    mega(*bytes),
                    mega(*limit)
                )
            }
            Self::Type { kind } => format!("Chưa đọc được loại tệp này ({kind})."),
            Self::Mismatch { named } => {
                format!("Tên tệp có đuôi .{named} nhưng nội dung không phải {named}.")
            }
            Self::Encoding => "Tệp văn bản không dùng bảng mã Unicode.".to_owned(),
            Self::Damaged { kind, .. } => format!("Tệp {kind} bị hỏng hoặc bị cắt cụt."),
            Self::Limit { kind, .. } => {
                format!("Tệp {kind} bung ra quá lớn hoặc lồng quá sâu nên bị từ chối.")
            }
            Self::Dtd { .. } => "Tệp chứa khai báo XML lạ nên bị từ chối.".to_owned(),
            Self::Encrypted { kind } => format!("Tệp {kind} có đặt mật khẩu."),
            Self::NoText { kind, pages } => {
                format!("Tệp {kind} chỉ có ảnh, không có chữ để đọc ({pages} trang).")
            }
        }
    }

    /// What the clerk should do, as a full Vietnamese sentence.
    #[must_use]
    pub fn remedy_vi(&self) -> &'static str {
        match self {
            Self::Empty => "Hãy chọn lại tệp; có thể tệp chưa được sao chép xong.",
            Self::TooLarge { .. } => "Hãy tách văn bản hoặc bỏ bớt hình ảnh rồi thử lại.",
            Self::Type { .. } => "Hãy lưu văn bản sang .docx, .pdf, .html hoặc .txt rồi thử lại.",
            Self::Mismatch { .. } => "Hãy mở tệp bằng phần mềm đã tạo ra nó và lưu lại đúng loại.",
            Self::Encoding => {
                "Hãy lưu lại bằng UTF-8, hoặc chuyển mã TCVN3, VNI sang Unicode trước."
            }
            Self::Damaged { .. } => "Hãy lấy lại tệp từ nơi gửi.",
            Self::Limit { .. } | Self::Dtd { .. } => {
                "Không mở tệp này; hãy yêu cầu nơi gửi cung cấp bản thường."
            }
            Self::Encrypted { .. } => "Hãy gỡ mật khẩu rồi thử lại.",
            Self::NoText { .. } => {
                "Hãy nhận dạng chữ bản quét trước, hoặc xin bản điện tử gốc của văn bản."
            }
        }
    }
}

/// Whole megabytes, rounded up.
fn mega(bytes: u64) -> u64 {
    bytes.div_ceil(1024 * 1024)
}
