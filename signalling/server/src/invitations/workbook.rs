//! Reads a list of people to invite from an XLSX workbook: the first sheet whose first row names the columns.
//!
//! Called by `http::invitations` on a thread that may be busy for a while. Unpacks nothing beyond its limits:
//! a small file can hold gigabytes of zeros, and one cell in the last corner of a sheet stands for billions of
//! empty ones, so cells are read one after the other and never as a table. A formula counts as the value that
//! was last calculated, as text; nothing is calculated here.

use super::file::{COLUMN_LIMIT, InvitedLines, LINE_LIMIT_BYTES, List, short};
use crate::people::FileProblem;
use calamine::{DataRef, Reader as _, Xlsx};
use std::io::{Cursor, Read as _};

/// Kind of the file as browsers name it.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Largest workbook, unpacked, in bytes: a thousand people are 300 KB.
const UNPACKED_LIMIT: u64 = 16 * 1024 * 1024;
/// Most parts of a workbook; one of Excel's with ten sheets has about thirty.
const PARTS_LIMIT: usize = 500;
/// Most sheets that are looked through for the list.
const SHEETS_LIMIT: usize = 16;

/// Reads a workbook.
///
/// # Errors
/// The [`FileProblem`] for which nothing of it can be used.
pub(crate) fn read_workbook(bytes: &[u8]) -> Result<InvitedLines, FileProblem> {
    if bytes.is_empty() {
        return Err(FileProblem::Empty {});
    }
    check_size(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| FileProblem::NotAWorkbook {})?;
    for name in book.sheet_names().into_iter().take(SHEETS_LIMIT) {
        if let Some(lines) = sheet(&mut book, &name)? {
            return Ok(lines);
        }
    }
    Err(FileProblem::UnknownHeader {})
}

/// Unpacks everything once and throws it away: what a part says about its size need not be true.
fn check_size(bytes: &[u8]) -> Result<(), FileProblem> {
    let limit = || FileProblem::WorkbookTooLarge { limit: u32::try_from(UNPACKED_LIMIT).unwrap_or(u32::MAX) };
    let unreadable = |_| FileProblem::NotAWorkbook {};
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if parts.len() > PARTS_LIMIT {
        return Err(limit());
    }
    let mut left = UNPACKED_LIMIT;
    for at in 0..parts.len() {
        let part = parts.by_index(at).map_err(unreadable)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        left = left.checked_sub(read.map_err(|_| FileProblem::NotAWorkbook {})?).ok_or_else(limit)?;
    }
    Ok(())
}

/// The list of a sheet; `None` when its first row does not name the columns of one.
fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Option<InvitedLines>, FileProblem> {
    // Sheets that hold only a chart cannot be read as cells.
    let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(None) };
    let (mut list, mut row) = (None::<List>, Row::default());
    loop {
        let cell = cells.next_cell().map_err(|_| FileProblem::NotAWorkbook {})?;
        let (at, value) = match &cell {
            Some(cell) => (Some(cell.get_position()), text(cell.get_value())),
            None => (None, String::new()),
        };
        if at.map(|(row, _)| row) != Some(row.at) {
            let done =
                std::mem::replace(&mut row, Row { at: at.map_or(0, |(row, _)| row), ..Row::default() });
            if !done.take(&mut list)? {
                return Ok(None);
            }
        }
        match at {
            Some((_, column)) => row.put(column, value)?,
            None => return Ok(list.map(List::end)),
        }
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        // A text longer than a whole line may be is told as too long, and not copied for every cell.
        DataRef::String(text) => text.chars().take(LINE_LIMIT_BYTES + 1).collect(),
        DataRef::SharedString(text) => text.chars().take(LINE_LIMIT_BYTES + 1).collect(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A row whose cells are being read.
#[derive(Default)]
struct Row {
    /// Counted from 0.
    at: u32,
    values: Vec<String>,
    bytes: usize,
}

impl Row {
    fn line(&self) -> u32 {
        self.at.saturating_add(1)
    }

    fn put(&mut self, column: u32, value: String) -> Result<(), FileProblem> {
        let column = column as usize;
        if column >= COLUMN_LIMIT || value.is_empty() {
            return Ok(());
        }
        self.bytes += value.len();
        if self.bytes > LINE_LIMIT_BYTES {
            return Err(FileProblem::LineTooLong { line: self.line(), limit: short(LINE_LIMIT_BYTES) });
        }
        if self.values.len() <= column {
            self.values.resize(column + 1, String::new());
        }
        self.values[column] = value;
        Ok(())
    }

    /// Gives the row to the list, which begins with the first one that is not empty; false when that one
    /// names no list.
    fn take(self, list: &mut Option<List>) -> Result<bool, FileProblem> {
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        if values.iter().all(|value| value.trim().is_empty()) {
            return Ok(true);
        }
        match list {
            Some(list) => list.take(self.line(), &values).map(|()| true),
            None => {
                *list = List::begin(values.into_iter());
                Ok(list.is_some())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::invitations::{InvitedLineProblem, InvitedRole};
    use proptest::prelude::*;
    use rust_xlsxwriter::{Formula, Workbook};
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    /// A workbook with an empty first sheet and this table on the second.
    fn book(rows: &[&[&str]]) -> Vec<u8> {
        let mut book = Workbook::new();
        book.add_worksheet().write(0, 0, "Danh sách mời").expect("fits");
        let sheet = book.add_worksheet();
        for (row, values) in (0..).zip(rows) {
            for (column, value) in (0..).zip(*values) {
                sheet.write(row, column, *value).expect("fits");
            }
        }
        book.save_to_buffer().expect("is written")
    }

    const HEADER: &[&str] = &["Họ tên", "Đơn vị", "Thư điện tử", "Vai trò", "Tên đăng nhập"];

    #[test]
    fn list_of_an_office_is_read_from_the_sheet_that_has_it() {
        let rows: [&[&str]; 4] = [
            &[],
            HEADER,
            &["Nguyễn Văn An", "Sở Y tế", "an@syt.example.vn", "Chủ trì"],
            &["", "", "", "", "ct-tinh"],
        ];
        let read = read_workbook(&book(&rows)).expect("can be read");
        assert_eq!(read.problems, []);
        let told: Vec<_> = read.people.iter().map(|(line, p)| (*line, p.name.as_str(), p.role)).collect();
        assert_eq!(told, [(3, "Nguyễn Văn An", InvitedRole::Chair), (4, "", InvitedRole::Delegate)]);
    }

    #[test]
    fn every_bad_row_is_told_by_its_number_in_the_sheet() {
        let rows: [&[&str]; 7] = [
            HEADER,
            &["An", "", "an@a.vn", ""],
            &[],
            &["Bình", "", "khong-phai-thu", ""],
            &["=HYPERLINK(\"http://x\")", "", "c@a.vn", ""],
            &["Dung", "", "d@a.vn", "vua"],
            &["An", "", "AN@a.vn", ""],
        ];
        let read = read_workbook(&book(&rows)).expect("can be read");
        let told: Vec<_> = read.problems.iter().map(|p| (p.line, p.problem)).collect();
        let expected = [
            (4, InvitedLineProblem::BadEmail),
            (5, InvitedLineProblem::Formula),
            (6, InvitedLineProblem::BadRole),
            (7, InvitedLineProblem::Twice),
        ];
        assert_eq!((read.people.len(), told), (1, expected.to_vec()));
    }

    #[test]
    fn formula_counts_as_the_text_that_was_calculated() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, name) in (0..).zip(["name", "email"]) {
            sheet.write(0, column, name).expect("fits");
        }
        sheet.write(1, 0, Formula::new("=\"Lê \"&\"An\"").set_result("Lê An")).expect("fits");
        sheet.write(1, 1, "an@a.vn").expect("fits");
        // One cell in the last corner: a table of all cells between would be billions.
        sheet.write(1_048_575, 16_383, "x").expect("fits");
        let read = read_workbook(&book.save_to_buffer().expect("is written")).expect("can be read");
        assert_eq!((read.people.len(), read.people[0].1.name.as_str()), (1, "Lê An"));
    }

    #[test]
    fn hostile_workbooks_are_refused_as_a_whole() {
        assert_eq!(read_workbook(b""), Err(FileProblem::Empty {}));
        assert_eq!(read_workbook(b"PK\x03\x04 nothing"), Err(FileProblem::NotAWorkbook {}));
        assert_eq!(read_workbook(b"name,email\n"), Err(FileProblem::NotAWorkbook {}));
        let good = book(&[HEADER]);
        assert_eq!(read_workbook(&good[..good.len() / 2]), Err(FileProblem::NotAWorkbook {}));
        assert_eq!(read_workbook(&book(&[&["a", "b"]])), Err(FileProblem::UnknownHeader {}));
        let many: Vec<Vec<String>> =
            (0..1001).map(|at| vec!["A".to_owned(), format!("a{at}@b.vn")]).collect();
        let many: Vec<Vec<&str>> = many.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let mut rows: Vec<&[&str]> = vec![&["name", "email"]];
        rows.extend(many.iter().map(Vec::as_slice));
        assert_eq!(read_workbook(&book(&rows)), Err(FileProblem::TooManyRows { limit: 1000 }));
        let long = "x".repeat(5000);
        let rows: [&[&str]; 2] = [&["email"], &[&long]];
        assert_eq!(read_workbook(&book(&rows)), Err(FileProblem::LineTooLong { line: 2, limit: 4096 }));
    }

    #[test]
    fn bomb_is_not_unpacked_to_its_end() {
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let packed = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        bomb.start_file("xl/worksheets/sheet1.xml", packed).expect("begins");
        let zeros = vec![0; 1 << 20];
        for _ in 0..64 {
            bomb.write_all(&zeros).expect("is packed");
        }
        let bytes = bomb.finish().expect("ends").into_inner();
        assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
        assert_eq!(read_workbook(&bytes), Err(FileProblem::WorkbookTooLarge { limit: 16 << 20 }));
        // The same with a size that says otherwise, in both places where one stands.
        let mut liar = bytes;
        let said = (64_u32 << 20).to_le_bytes();
        let places: Vec<usize> = (0..liar.len() - 4).filter(|at| liar[*at..*at + 4] == said).collect();
        for at in places {
            liar[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
        }
        assert!(read_workbook(&liar).is_err());
        let mut crowd = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..600 {
            crowd.start_file(format!("xl/{number}.xml"), packed).expect("begins");
        }
        let bytes = crowd.finish().expect("ends").into_inner();
        assert_eq!(read_workbook(&bytes), Err(FileProblem::WorkbookTooLarge { limit: 16 << 20 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn workbook_with_changed_bytes_is_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
            sheet in "[<>/a-z0-9 =\"]{0,200}",
        ) {
            let mut bytes = book(&[HEADER, &["An", "", "an@a.vn", ""]]);
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = read_workbook(&bytes);
            // Well packed, with any letters where the sheet should be.
            let mut parts = zip::ZipArchive::new(Cursor::new(book(&[HEADER]))).expect("a workbook");
            let mut other = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for at in 0..parts.len() {
                let mut part = parts.by_index(at).expect("a part");
                let name = part.name().expect("has a name").into_owned();
                let mut inside = Vec::new();
                part.read_to_end(&mut inside).expect("is unpacked");
                if name.contains("sheet2") {
                    let end = changes[0].0.index(inside.len());
                    inside.splice(end..end, sheet.bytes());
                }
                other.start_file(name, SimpleFileOptions::default()).expect("begins");
                other.write_all(&inside).expect("is packed");
            }
            let bytes = other.finish().expect("ends").into_inner();
            if let Ok(read) = read_workbook(&bytes) {
                prop_assert!(read.people.len() + read.problems.len() <= 1000);
            }
        }
    }
}
