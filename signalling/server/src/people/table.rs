//! Reads a CSV file of people or units: UTF-8 with or without mark, comma, semicolon or tab.
//!
//! Called by `people::apply`, which has the bytes. Pure and bounded; fed with every shape of bytes by
//! the tests. Says which line is wrong and never what else the file holds.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use unicode_normalization::UnicodeNormalization as _;
use utoipa::ToSchema;

/// Most rows of a file.
pub const ROW_LIMIT: usize = 20_000;
/// Longest line, and longest row of several lines, in bytes.
pub const LINE_LIMIT_BYTES: usize = 16 * 1024;
/// Most columns that are looked at.
const COLUMN_LIMIT: usize = 64;

/// What a file is about; told by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    People,
    Units,
}

/// A column that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    User,
    Name,
    Unit,
    Role,
    Code,
    Parent,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum FileProblem {
    #[error("the file is empty")]
    Empty {},
    #[error("line {line} is not UTF-8")]
    NotUtf8 { line: u32 },
    #[error("line {line} is longer than {limit} bytes, or a quotation mark is not closed")]
    LineTooLong { line: u32, limit: u32 },
    #[error("there are more than {limit} rows")]
    TooManyRows { limit: u32 },
    /// The header names neither people nor units.
    #[error("the header has neither the columns of people nor those of units")]
    UnknownHeader {},
    #[error("the header lacks the column {field:?}")]
    MissingColumn { field: Field },
    #[error("the header has the column {field:?} twice")]
    DoubleColumn { field: Field },
    /// Damaged, encrypted, or of another kind: an older `.xls`, say.
    #[error("this is no XLSX workbook that can be read")]
    NotAWorkbook {},
    #[error("the workbook holds more than {limit} bytes")]
    WorkbookTooLarge { limit: u32 },
}

/// One row; `values` has one text for each field of [`Table::fields`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Line of the file on which the row begins, from 1.
    pub line: u32,
    pub values: Vec<String>,
    /// More values than columns: the separator stands in a text without quotation marks.
    pub has_too_many: bool,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub kind: FileKind,
    pub separator: char,
    /// Columns that are not understood and not used.
    pub ignored: Vec<String>,
    pub(super) fields: Vec<Field>,
    pub(super) rows: Vec<Row>,
}

impl Table {
    /// The text of `field` in `row`, trimmed; empty when the file has no such column.
    pub(super) fn text<'a>(&self, row: &'a Row, field: Field) -> &'a str {
        let at = self.fields.iter().position(|found| *found == field);
        at.and_then(|at| row.values.get(at)).map_or("", |text| text.trim())
    }
}

/// Lower case, NFC, single spaces: how headers and roles are compared.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('_', " ").to_lowercase().nfc().collect()
}

fn field_of(header: &str, is_units: bool) -> Option<Field> {
    Some(match folded(header).as_str() {
        "user" | "user name" | "login" | "tên đăng nhập" | "ten dang nhap" => Field::User,
        "name" | "full name" | "họ và tên" | "họ tên" | "ho va ten" | "ho ten" => Field::Name,
        "tên đơn vị" | "ten don vi" if is_units => Field::Name,
        "unit" | "đơn vị" | "don vi" => Field::Unit,
        "role" | "vai trò" | "vai tro" => Field::Role,
        "code" | "unit code" | "mã" | "mã đơn vị" | "ma don vi" => Field::Code,
        "parent" | "mã cấp trên" | "đơn vị cấp trên" | "ma cap tren" => Field::Parent,
        _ => return None,
    })
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The separator that stands most often in the header, outside quotation marks.
fn separator_of(header: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in header.bytes() {
        if byte == b'"' {
            is_quoted = !is_quoted;
        }
        if !is_quoted && let Some(count) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
            count.1 += 1;
        }
    }
    // The first of the largest: a comma when there is none at all.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// Reads a file.
///
/// # Errors
/// The first [`FileProblem`].
pub fn read(bytes: &[u8]) -> Result<Table, FileProblem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let limit = short(LINE_LIMIT_BYTES);
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.len() > LINE_LIMIT_BYTES {
            return Err(FileProblem::LineTooLong { line: short(at + 1), limit });
        }
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        FileProblem::NotUtf8 { line: short(lines + 1) }
    })?;
    let header = text.lines().find(|line| !line.trim().is_empty()).ok_or(FileProblem::Empty {})?;
    let separator = separator_of(header);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok).ok_or(FileProblem::Empty {})?;
    let columns = Columns::of(&header)?;
    let mut rows = Vec::new();
    let mut lines = Lines { bytes: text.as_bytes(), counted: 0, line: 1 };
    for record in records {
        // The text is UTF-8 and lengths may differ: nothing else can go wrong.
        let Ok(record) = record else { continue };
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        if record.as_slice().len() > LINE_LIMIT_BYTES {
            return Err(FileProblem::LineTooLong { line, limit });
        }
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        if rows.len() == ROW_LIMIT {
            return Err(FileProblem::TooManyRows { limit: short(ROW_LIMIT) });
        }
        let value = |at: &usize| record.get(*at).unwrap_or_default().nfc().collect();
        let has_too_many = record.iter().skip(header.len()).any(|value| !value.trim().is_empty());
        rows.push(Row { line, values: columns.places.iter().map(value).collect(), has_too_many });
    }
    let Columns { kind, fields, ignored, .. } = columns;
    Ok(Table { kind, separator: char::from(separator), ignored, fields, rows })
}

/// Counts lines up to where a row begins; rows come in their order.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u32,
}

impl Lines<'_> {
    /// Line of the row that the reader found from byte `from` on: it has not yet passed over the
    /// line feed after a carriage return, nor over empty lines.
    fn at(&mut self, from: u64) -> u32 {
        let from = usize::try_from(from).unwrap_or(usize::MAX).clamp(self.counted, self.bytes.len());
        let breaks = self.bytes[from..].iter().take_while(|byte| matches!(**byte, b'\r' | b'\n')).count();
        let begin = from + breaks;
        let passed = self.bytes[self.counted..begin].iter().filter(|byte| **byte == b'\n').count();
        self.counted = begin;
        self.line = self.line.saturating_add(short(passed));
        self.line
    }
}

struct Columns {
    kind: FileKind,
    fields: Vec<Field>,
    /// Place of each field in a record.
    places: Vec<usize>,
    ignored: Vec<String>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, FileProblem> {
        let is_units = header.iter().any(|name| field_of(name, true) == Some(Field::Code))
            && !header.iter().any(|name| field_of(name, false) == Some(Field::User));
        let kind = if is_units { FileKind::Units } else { FileKind::People };
        let mut columns = Self { kind, fields: Vec::new(), places: Vec::new(), ignored: Vec::new() };
        for (at, name) in header.iter().enumerate().take(COLUMN_LIMIT) {
            match field_of(name, is_units).filter(|field| columns.uses(*field)) {
                Some(field) if columns.fields.contains(&field) => {
                    return Err(FileProblem::DoubleColumn { field });
                }
                Some(field) => {
                    columns.fields.push(field);
                    columns.places.push(at);
                }
                None if name.trim().is_empty() => {}
                None => columns.ignored.push(name.trim().chars().take(80).collect()),
            }
        }
        if columns.fields.is_empty() {
            return Err(FileProblem::UnknownHeader {});
        }
        let needed: &[Field] = match kind {
            FileKind::People => &[Field::User, Field::Name, Field::Unit, Field::Role],
            FileKind::Units => &[Field::Code, Field::Name],
        };
        match needed.iter().find(|field| !columns.fields.contains(field)) {
            Some(field) => Err(FileProblem::MissingColumn { field: *field }),
            None => Ok(columns),
        }
    }

    const fn uses(&self, field: Field) -> bool {
        match self.kind {
            FileKind::People => matches!(field, Field::User | Field::Name | Field::Unit | Field::Role),
            FileKind::Units => matches!(field, Field::Code | Field::Name | Field::Parent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let table = read(text.as_bytes()).expect("is read");
        table.rows.into_iter().map(|row| (row.line, row.values)).collect()
    }

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn mark_separator_and_language_of_the_header_do_not_matter() {
        let expected = vec![(2, texts(&["an", "Lê An", "Sở Y tế", "clerk"]))];
        assert_eq!(rows("user,name,unit,role\nan,Lê An,Sở Y tế,clerk\n"), expected);
        assert_eq!(rows("\u{FEFF}user;name;unit;role\r\nan;Lê An;Sở Y tế;clerk\r\n"), expected);
        let tabs = "Tên đăng nhập\tHọ và tên\tĐơn vị\tVai trò\nan\tLê An\tSở Y tế\tclerk";
        assert_eq!(rows(tabs), expected);
        assert_eq!(read(tabs.as_bytes()).expect("is read").separator, '\t');
        let quoted = "\"user\";\"name, in full\";name;unit;role\nan;x;\"Lê An\";Sở Y tế;clerk";
        assert_eq!(rows(quoted), expected);
        assert_eq!(read(quoted.as_bytes()).expect("is read").ignored, ["name, in full"]);
    }

    #[test]
    fn quoted_line_breaks_stay_in_their_field_and_lines_are_counted_on() {
        let found = rows("user,name,unit,role\nan,\"Lê\nAn\",x,clerk\n\n ,,,\nbinh,Bình,x,clerk\n");
        assert_eq!(
            found,
            [(2, texts(&["an", "Lê\nAn", "x", "clerk"])), (6, texts(&["binh", "Bình", "x", "clerk"]))]
        );
    }

    #[test]
    fn file_that_cannot_be_read_says_why_and_where() {
        let problem = |bytes: &[u8]| read(bytes).expect_err("is refused");
        assert_eq!(problem(b""), FileProblem::Empty {});
        assert_eq!(problem(b"\xEF\xBB\xBF \n\n"), FileProblem::Empty {});
        assert_eq!(problem(b"a,b\n1,2"), FileProblem::UnknownHeader {});
        assert_eq!(problem(b"user,name,role\n"), FileProblem::MissingColumn { field: Field::Unit });
        assert_eq!(problem(b"user,name,User,unit,role\n"), FileProblem::DoubleColumn { field: Field::User });
        assert_eq!(problem(b"user,name,unit,role\nan,\xFF,x,clerk\n"), FileProblem::NotUtf8 { line: 2 });
        let limit = short(LINE_LIMIT_BYTES);
        let long = format!("user,name,unit,role\nan,{},x,clerk\n", "x".repeat(1_000_000));
        assert_eq!(problem(long.as_bytes()), FileProblem::LineTooLong { line: 2, limit });
        let open = format!("user,name,unit,role\nan,\"Lê,x,clerk\n{}", "binh,B,x,clerk\n".repeat(2_000));
        assert_eq!(problem(open.as_bytes()), FileProblem::LineTooLong { line: 2, limit });
        let many = format!("user,name,unit,role\n{}", "a,b,c,clerk\n".repeat(ROW_LIMIT + 1));
        assert_eq!(problem(many.as_bytes()), FileProblem::TooManyRows { limit: short(ROW_LIMIT) });
    }

    proptest! {
        #[test]
        fn bytes_of_any_shape_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = read(&bytes);
        }

        #[test]
        fn rows_of_any_shape_below_a_good_header_keep_their_form(
            body in "([a-zđ\"\n\r,;\t =@]{0,40}\n){0,8}", separator in prop::sample::select(vec![',', ';', '\t']),
        ) {
            let header: String = ["user", "name", "unit", "role"].join(&separator.to_string());
            let table = read(format!("{header}\n{body}").as_bytes()).expect("small files are read");
            prop_assert!(table.rows.iter().all(|row| row.values.len() == 4 && row.line >= 2));
            prop_assert_eq!(table.separator, separator);
        }
    }
}
