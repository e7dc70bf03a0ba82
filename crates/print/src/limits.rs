//! Upper bounds on one document, in one place.

/// Pages of one book in one document.
pub const BOOK_PAGES_MAX: usize = 2_000;
/// Rows on one page of a book.
pub const PAGE_ROWS_MAX: usize = 200;
/// Lines of one cell that stay in one drawn row; a longer cell goes on in a further row of the same entry.
pub const ROW_LINES_MAX: usize = 16;
/// Tasks in one list.
pub const TASKS_MAX: usize = 20_000;
/// Signature blocks of one record paper.
pub const RECORD_SIGNERS_MAX: usize = 4;
/// Columns of one table of a record paper.
pub const RECORD_COLUMNS_MAX: usize = 16;
/// Rows of one table of a record paper, and items of each of its lists.
pub const RECORD_ITEMS_MAX: usize = 20_000;
/// Stamps on one page.
pub const STAMPS_ON_PAGE_MAX: usize = 16;
/// Labels of one print.
pub const LABELS_MAX: usize = 2_000;
/// Stamps of one calibration sheet, drawn or named.
pub const CALIBRATION_STAMPS_MAX: usize = 60;
/// Longest side of a stamp, millimetres.
pub const STAMP_MM_MAX: f64 = 200.0;
/// Widest and highest stamp of a calibration sheet, millimetres.
pub const STAMP_WIDE_MM_MAX: f64 = 160.0;
/// See [`STAMP_WIDE_MM_MAX`].
pub const STAMP_HIGH_MM_MAX: f64 = 190.0;
/// Side of a QR code on paper, in millimetres: smallest, largest, and for each module in between.
pub const QR_MM_MIN: f64 = 26.0;
/// See [`QR_MM_MIN`].
pub const QR_MM_MAX: f64 = 42.0;
/// See [`QR_MM_MIN`]; 0.38 mm is 2.2 dots in a scan at 150 dpi.
pub const QR_MODULE_MM: f64 = 0.38;
