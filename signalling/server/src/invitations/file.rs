//! Reads a list of people to invite: here from a CSV file, UTF-8 with comma, semicolon or tab; a workbook's
//! rows come from `workbook`.
//!
//! Called by `http::invitations`, which has the bytes and has asked for the right. Bounded, and fed with
//! every shape of bytes by the tests. Keeps nothing: what it read is shown first.

use super::guests::{NAME_LIMIT, PEOPLE_LIMIT, is_address};
use crate::folding::fold;
use crate::people::FileProblem;
use crate::protocol::invitations::{InvitedLine, InvitedLineProblem, InvitedPerson, InvitedRole};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization as _;

/// Largest file in bytes.
pub(crate) const MAX_FILE_BYTES: usize = 1024 * 1024;
/// Longest line in bytes.
pub(super) const LINE_LIMIT_BYTES: usize = 4096;
/// Most columns that are looked at.
pub(super) const COLUMN_LIMIT: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Unit,
    Email,
    Role,
    User,
}

fn column(header: &str) -> Option<Column> {
    Some(match fold(header).as_str() {
        "ho ten" | "ho va ten" | "name" | "full name" => Column::Name,
        "don vi" | "unit" => Column::Unit,
        "email" | "e-mail" | "thu dien tu" | "dia chi thu" => Column::Email,
        "vai tro" | "tu cach" | "role" => Column::Role,
        "ten dang nhap" | "user" | "login" | "tai khoan" => Column::User,
        _ => return None,
    })
}

fn role(word: &str) -> Option<InvitedRole> {
    Some(match fold(word).replace('_', " ").as_str() {
        "" | "dai bieu" | "delegate" => InvitedRole::Delegate,
        "chu tri" | "chair" => InvitedRole::Chair,
        "nguoi thay chu tri" | "pho chu tri" | "deputy" => InvitedRole::Deputy,
        "thu ky" | "secretary" => InvitedRole::Secretary,
        "nguoi theo doi" | "theo doi" | "du thinh" | "listener" => InvitedRole::Listener,
        "can bo diem cau" | "site operator" => InvitedRole::SiteOperator,
        "can bo truc" | "duty operator" => InvitedRole::DutyOperator,
        _ => return None,
    })
}

pub(super) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The separator that stands most often in the header.
fn separator(header: &str) -> u8 {
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// What a file holds, each with its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InvitedLines {
    pub people: Vec<(u32, InvitedPerson)>,
    pub problems: Vec<InvitedLine>,
}

/// A list that is being read, line after line, whatever kind of file it comes from.
pub(super) struct List {
    columns: Vec<Option<Column>>,
    known: HashSet<String>,
    read: InvitedLines,
}

impl List {
    /// Begins with the names of the columns; `None` when they are not those of a list of people.
    pub(super) fn begin<'a>(header: impl Iterator<Item = &'a str>) -> Option<Self> {
        let columns: Vec<Option<Column>> = header.take(COLUMN_LIMIT).map(column).collect();
        let has = |wanted| columns.contains(&Some(wanted));
        (has(Column::Email) || has(Column::User)).then(|| Self {
            columns,
            known: HashSet::new(),
            read: InvitedLines::default(),
        })
    }

    /// Takes one line; an empty one is passed over.
    pub(super) fn take(&mut self, line: u32, values: &[&str]) -> Result<(), FileProblem> {
        if values.iter().all(|value| value.trim().is_empty()) {
            return Ok(());
        }
        if self.read.people.len() + self.read.problems.len() == PEOPLE_LIMIT {
            return Err(FileProblem::TooManyRows { limit: short(PEOPLE_LIMIT) });
        }
        let value = |wanted| -> String {
            let at = self.columns.iter().position(|column| *column == Some(wanted));
            at.and_then(|at| values.get(at)).map_or("", |value| value.trim()).nfc().collect()
        };
        match person(value, &mut self.known) {
            Ok(person) => self.read.people.push((line, person)),
            Err(problem) => self.read.problems.push(InvitedLine { line, problem }),
        }
        Ok(())
    }

    pub(super) fn end(self) -> InvitedLines {
        self.read
    }
}

/// Reads a CSV file.
///
/// # Errors
/// The [`FileProblem`] for which nothing of it can be used.
pub(crate) fn read_file(bytes: &[u8]) -> Result<InvitedLines, FileProblem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let limit = short(LINE_LIMIT_BYTES);
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.len() > LINE_LIMIT_BYTES {
            return Err(FileProblem::LineTooLong { line: short(at + 1), limit });
        }
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let lines = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        FileProblem::NotUtf8 { line: short(lines + 1) }
    })?;
    let header = text.lines().find(|line| !line.trim().is_empty()).ok_or(FileProblem::Empty {})?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(header))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok).ok_or(FileProblem::Empty {})?;
    let mut list = List::begin(header.iter()).ok_or(FileProblem::UnknownHeader {})?;
    for record in records {
        // The text is UTF-8 and lengths may differ: nothing else can go wrong.
        let Ok(record) = record else { continue };
        let line = record.position().map_or(0, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        if record.as_slice().len() > LINE_LIMIT_BYTES {
            return Err(FileProblem::LineTooLong { line, limit });
        }
        list.take(line, &record.iter().collect::<Vec<_>>())?;
    }
    Ok(list.end())
}

fn person(
    value: impl Fn(Column) -> String,
    known: &mut HashSet<String>,
) -> Result<InvitedPerson, InvitedLineProblem> {
    let (name, unit) = (value(Column::Name), value(Column::Unit));
    let (email, user) = (value(Column::Email), value(Column::User));
    let is_bad = |text: &str| text.chars().count() > NAME_LIMIT || text.chars().any(char::is_control);
    if [&name, &unit, &user].into_iter().any(|text| is_bad(text)) {
        return Err(InvitedLineProblem::TooLong);
    }
    // Nobody is called so; a table that is made of it later would calculate.
    if [&name, &unit].into_iter().any(|text| text.starts_with(['=', '+', '@', '-'])) {
        return Err(InvitedLineProblem::Formula);
    }
    if email.is_empty() && user.is_empty() || (name.is_empty() && user.is_empty()) {
        return Err(InvitedLineProblem::NoName);
    }
    if !email.is_empty() && !is_address(&email) {
        return Err(InvitedLineProblem::BadEmail);
    }
    let role = role(&value(Column::Role)).ok_or(InvitedLineProblem::BadRole)?;
    let key = if user.is_empty() { email.to_lowercase() } else { format!("#{}", user.to_lowercase()) };
    if !known.insert(key) {
        return Err(InvitedLineProblem::Twice);
    }
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(InvitedPerson { user: given(user), person: None, email: given(email), name, unit, role })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn list_of_an_office_is_read_whatever_its_separator() {
        let file = "\u{feff}Họ tên;Đơn vị;Thư điện tử;Vai trò\r\n\
                    Nguyễn Văn An;Sở Y tế;an@syt.example.vn;Chủ trì\r\n\r\n\
                    Lê Thị Bình;;binh@x.example.vn;\r\n";
        let read = read_file(file.as_bytes()).expect("can be read");
        let told: Vec<_> =
            read.people.iter().map(|(_, p)| (p.name.as_str(), p.email.as_deref(), p.role)).collect();
        let an = ("Nguyễn Văn An", Some("an@syt.example.vn"), InvitedRole::Chair);
        let binh = ("Lê Thị Bình", Some("binh@x.example.vn"), InvitedRole::Delegate);
        assert_eq!((told, read.problems), (vec![an, binh], Vec::new()));
    }

    #[test]
    fn every_bad_line_is_told_by_its_number() {
        let file = "name,email,role\nAn,an@a.vn,chair\nBình,khong-phai-thu,\nCh,c@a.vn,vua\n,d@a.vn,\nAn,AN@a.vn,\n\
             =1+1,e@a.vn,\n";
        let read = read_file(file.as_bytes()).expect("can be read");
        let told: Vec<_> = read.problems.iter().map(|p| (p.line, p.problem)).collect();
        let expected = [
            (3, InvitedLineProblem::BadEmail),
            (4, InvitedLineProblem::BadRole),
            (5, InvitedLineProblem::NoName),
            (6, InvitedLineProblem::Twice),
            (7, InvitedLineProblem::Formula),
        ];
        assert_eq!((read.people.len(), told), (1, expected.to_vec()));
    }

    #[test]
    fn hostile_files_are_refused_as_a_whole() {
        assert_eq!(read_file(b""), Err(FileProblem::Empty {}));
        assert_eq!(read_file(b"a,b\n"), Err(FileProblem::UnknownHeader {}));
        assert_eq!(read_file(b"email\n\xff\n"), Err(FileProblem::NotUtf8 { line: 2 }));
        let long = format!("email\n{}\n", "x".repeat(5000));
        assert!(matches!(read_file(long.as_bytes()), Err(FileProblem::LineTooLong { line: 2, .. })));
        let open = format!("email\n\"{}", "x\n".repeat(4000));
        assert!(matches!(read_file(open.as_bytes()), Err(FileProblem::LineTooLong { .. })));
        let many = format!("email\n{}", "a@b.vn\n".repeat(1002));
        assert_eq!(read_file(many.as_bytes()), Err(FileProblem::TooManyRows { limit: 1000 }));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_bounded_list_or_a_refusal(
            head in prop::sample::select(vec!["", "email,name\n", "user;role\n", "\u{feff}Thư điện tử\tHọ tên\n"]),
            tail in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let bytes = [head.as_bytes(), &tail].concat();
            if let Ok(file) = read_file(&bytes) {
                prop_assert!(file.people.len() + file.problems.len() <= PEOPLE_LIMIT);
                prop_assert!(file.people.iter().all(|(_, p)| p.email.as_deref().is_none_or(is_address)));
            }
        }
    }
}
