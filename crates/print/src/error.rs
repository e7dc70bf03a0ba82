//! What can go wrong between a record and its paper.

use thiserror::Error;

/// Why a document could not be made. Each case has a stable [`code`](PrintError::code).
#[derive(Debug, Error)]
pub enum PrintError {
    /// The typesetter refused the template or its data.
    #[error("typesetting `{form}` failed: {message}")]
    Layout {
        /// Template path inside `law/forms`.
        form: String,
        /// First diagnostic of the typesetter.
        message: String,
    },
    /// The typeset pages could not be written as PDF.
    #[error("writing the PDF of `{form}` failed: {message}")]
    Export {
        /// Template path inside `law/forms`.
        form: String,
        /// First diagnostic of the PDF writer.
        message: String,
    },
    /// Parts of a book could not be bound into one PDF.
    #[error("binding the parts of a book failed: {message}")]
    Binding {
        /// What the PDF library says.
        message: String,
    },
    /// The text of a QR code is longer than the largest symbol holds.
    #[error("text of {chars} characters does not fit a QR code")]
    QrTooLong {
        /// Length of the refused text, in characters.
        chars: usize,
    },
    /// A row has more or fewer cells than the book has columns.
    #[error("row {row} of page {page} has {cells} cells, the book has {columns} columns")]
    RowShape {
        /// Page number in the book.
        page: u32,
        /// Row on the page, from 1.
        row: usize,
        /// Cells given.
        cells: usize,
        /// Columns of the edition.
        columns: usize,
    },
    /// The widths or a row of a record's table do not fit its header.
    #[error("row {row} of table {table} has {cells} cells or widths, its header has {columns}")]
    TableShape {
        /// Table of the paper, from 1.
        table: usize,
        /// Row of the table, from 1; 0 for its widths.
        row: usize,
        /// Cells or widths above zero given.
        cells: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// More pages or rows than one document may hold.
    #[error("{what}: {given} given, at most {max} in one document")]
    TooMuch {
        /// What is counted.
        what: &'static str,
        /// How many were given.
        given: usize,
        /// The limit, see [`crate::limits`].
        max: usize,
    },
    /// No template exists for this edition.
    #[error("no form for edition `{edition}`")]
    UnknownEdition {
        /// Edition asked for.
        edition: String,
    },
    /// The outline data inside the program cannot be read.
    #[error("outline `{name}` cannot be read: {message}")]
    Outline {
        /// File name inside `law/outlines`.
        name: &'static str,
        /// Parser message.
        message: String,
    },
    /// A length or the words of a stamp are not known and were not supplied.
    #[error("`{stamp}` of {generation}: {what} not known")]
    StampUnknown {
        /// Name of the stamp, Vietnamese.
        stamp: String,
        /// Generation of the stamp.
        generation: String,
        /// What is not known.
        what: &'static str,
    },
    /// A stamp does not fit: its letters into its border, or the stamp onto its label or page.
    #[error("`{stamp}` cannot be printed: {what}")]
    StampFit {
        /// Name of the stamp, Vietnamese.
        stamp: String,
        /// What does not fit.
        what: &'static str,
    },
    /// The labels do not lie on an A4 sheet.
    #[error("the labels do not lie on an A4 sheet")]
    LabelGrid,
    /// The Word file could not be written.
    #[error("writing the Word file failed: {message}")]
    Docx {
        /// Writer message.
        message: String,
    },
    /// The Excel file could not be written.
    #[error("writing the Excel file failed")]
    Xlsx(#[source] rust_xlsxwriter::XlsxError),
}

impl PrintError {
    /// Stable code, for logs, tests and translated screen texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Layout { .. } => "PRINT-01",
            Self::Export { .. } => "PRINT-02",
            Self::QrTooLong { .. } => "PRINT-03",
            Self::RowShape { .. } => "PRINT-04",
            Self::TooMuch { .. } => "PRINT-05",
            Self::UnknownEdition { .. } => "PRINT-06",
            Self::Outline { .. } => "PRINT-07",
            Self::Docx { .. } => "PRINT-08",
            Self::Xlsx(_) => "PRINT-09",
            Self::TableShape { .. } => "PRINT-10",
            Self::StampUnknown { .. } => "PRINT-11",
            Self::StampFit { .. } => "PRINT-12",
            Self::LabelGrid => "PRINT-13",
            Self::Binding { .. } => "PRINT-14",
        }
    }

    /// What the caller can do, in English.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Layout { .. } | Self::Export { .. } | Self::Binding { .. } => {
                "report the form and the record that was printed"
            }
            Self::QrTooLong { .. } => "print the checkpoint alone and keep the proof in a file",
            Self::RowShape { .. } => {
                "give one text per column of the edition, empty where nothing is known"
            }
            Self::TableShape { .. } => {
                "give one width above zero and one text in each row per heading"
            }
            Self::StampUnknown { .. } => {
                "let an administrator set the sizes of this stamp, from the stamp itself"
            }
            Self::StampFit { .. } => "mend the sizes that were set, the label or the place",
            Self::LabelGrid => {
                "mend the number of labels, their sizes and the distances between them"
            }
            Self::TooMuch { .. } => "print the book or the record in parts",
            Self::UnknownEdition { .. } => "use an edition that the law pack names",
            Self::Outline { .. } => "reinstall the program: its own data is damaged",
            Self::Docx { .. } | Self::Xlsx(_) => "print the PDF instead and report the record",
        }
    }
}
