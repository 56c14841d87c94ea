//! What a report says: a title, facts, and one table.
//!
//! Filled by `roll_call` and `attendance`, written by `tables` and `pdf`. Holds no words of its own.

use super::{pdf, tables};

/// One report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub title: String,
    /// What stands above the table: name and value.
    pub facts: Vec<(&'static str, String)>,
    pub columns: Vec<Column>,
    /// As many cells as columns.
    pub rows: Vec<Vec<Cell>>,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: &'static str,
    /// Share of the width of a page.
    pub share: u16,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Text(String),
    Number(u64),
    Nothing,
}

impl Cell {
    /// As text.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Nothing => String::new(),
        }
    }
}

/// In which form a report is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Xlsx,
    Pdf,
}

impl Form {
    /// The form of a file name's ending.
    pub(crate) fn of(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The media type.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }

    /// The whole file; `None` when the spreadsheet cannot be written.
    pub(crate) fn write(self, sheet: &Sheet) -> Option<Vec<u8>> {
        match self {
            Self::Csv => Some(tables::csv(sheet)),
            Self::Xlsx => tables::xlsx(sheet).ok(),
            Self::Pdf => Some(pdf::write(sheet)),
        }
    }
}
