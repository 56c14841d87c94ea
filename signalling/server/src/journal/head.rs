//! The exported heads: a file outside the database that remembers how far each chain had come.
//!
//! One line per conference and commit, `conference seq hash total signature`; `total` counts the
//! rows of all conferences known here, and each signature covers the one before, so that no line
//! can be changed, moved or dropped. Lines are appended and synced; now and then the file is
//! replaced as a whole by one line per conference. Never lowers a head.

use super::GENESIS;
use super::error::JournalFailure;
use super::key::JournalKey;
use crate::store::{Digest, Tail};
use media_control::ConferenceId;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Lines above one per conference after which the file is written anew.
const MAX_SURPLUS_LINES: usize = 10_000;

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Heads {
    pub by_conference: BTreeMap<ConferenceId, Tail>,
    /// Rows of all conferences.
    pub total: u64,
    lines: usize,
    last_signature: Digest,
    /// Bytes of complete lines.
    sound_bytes: u64,
}

impl Heads {
    fn note(&mut self, conference: ConferenceId, tail: Tail) {
        let before = self.by_conference.insert(conference, tail).map_or(0, |known| known.seq);
        self.total = self.total - before + tail.seq;
    }

    /// Takes a head over, unless a later one is known, and gives its line.
    fn line(&mut self, key: &JournalKey, conference: &ConferenceId, tail: Tail) -> String {
        let known = self.by_conference.get(conference).copied();
        let head = known.filter(|known| known.seq >= tail.seq).unwrap_or(tail);
        self.note(conference.clone(), head);
        let hash = hex::encode(head.hash);
        let mut line = format!("{conference} {} {hash} {}", head.seq, self.total);
        self.last_signature = key.head_line(&self.last_signature, &line);
        self.lines += 1;
        let _ = writeln!(line, " {}", hex::encode(self.last_signature));
        line
    }

    /// Reads the file's text. An incomplete last line is what a crash leaves and is left out.
    ///
    /// # Errors
    /// The number of the first line that does not bear our signature.
    fn parse(key: &JournalKey, bytes: &[u8]) -> Result<Self, usize> {
        let mut heads = Self::default();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = std::str::from_utf8(&rest[..end]).map_err(|_| heads.lines + 1)?;
            heads.take_line(key, line).ok_or(heads.lines + 1)?;
            heads.sound_bytes += end as u64 + 1;
            rest = &rest[end + 1..];
        }
        Ok(heads)
    }

    fn take_line(&mut self, key: &JournalKey, line: &str) -> Option<()> {
        let (said, signature) = line.rsplit_once(' ')?;
        let expected = key.head_line(&self.last_signature, said);
        if hex::encode(expected) != signature {
            return None;
        }
        let mut words = said.split(' ');
        let conference = ConferenceId::new(words.next()?).ok()?;
        let seq = words.next()?.parse().ok()?;
        let mut hash = GENESIS;
        hex::decode_to_slice(words.next()?, &mut hash).ok()?;
        self.note(conference, Tail { seq, hash });
        if words.next()?.parse() != Ok(self.total) || words.next().is_some() {
            return None;
        }
        self.last_signature = expected;
        self.lines += 1;
        Some(())
    }
}

/// Reads the heads; `None` when there is no file.
///
/// # Errors
/// `Head` when it cannot be read, `HeadForged`.
pub(super) fn read(file: &Path, key: &JournalKey) -> Result<Option<Heads>, JournalFailure> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(JournalFailure::Head { file: file.to_owned(), source }),
    };
    let forged = |line| JournalFailure::HeadForged { file: file.to_owned(), line };
    Heads::parse(key, &bytes).map(Some).map_err(forged)
}

/// The head file, open for appending.
#[derive(Debug)]
pub(super) struct HeadFile {
    path: PathBuf,
    file: File,
    heads: Heads,
    max_surplus_lines: usize,
}

impl HeadFile {
    /// Opens or makes the file and cuts off what a crash left behind its last complete line.
    pub(super) fn open(path: &Path, key: &JournalKey) -> Result<Self, JournalFailure> {
        let heads = read(path, key)?.unwrap_or_default();
        let failed = |source| JournalFailure::Head { file: path.to_owned(), source };
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(failed)?;
        file.set_len(heads.sound_bytes).map_err(failed)?;
        sync_folder(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file, heads, max_surplus_lines: MAX_SURPLUS_LINES })
    }

    /// How far `conference` had come.
    pub(super) fn head(&self, conference: &ConferenceId) -> Option<Tail> {
        self.heads.by_conference.get(conference).copied()
    }

    /// Adds the heads and waits until they are on the disk.
    pub(super) fn append(
        &mut self,
        key: &JournalKey,
        heads: &BTreeMap<ConferenceId, Tail>,
    ) -> Result<(), JournalFailure> {
        let outcome = self.try_append(key, heads);
        outcome.map_err(|source| JournalFailure::Head { file: self.path.clone(), source })
    }

    fn try_append(&mut self, key: &JournalKey, heads: &BTreeMap<ConferenceId, Tail>) -> std::io::Result<()> {
        let before = (self.heads.last_signature, self.heads.lines);
        let mut text = String::new();
        for (conference, tail) in heads {
            text.push_str(&self.heads.line(key, conference, *tail));
        }
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line must not stay in front of the next one. The heads taken over above
            // are written again by the caller's next attempt.
            (self.heads.last_signature, self.heads.lines) = before;
            self.file.set_len(self.heads.sound_bytes)?;
            return Err(error);
        }
        self.heads.sound_bytes += text.len() as u64;
        if self.heads.lines > self.heads.by_conference.len() + self.max_surplus_lines {
            self.rewrite(key)?;
        }
        Ok(())
    }

    /// Replaces the file by one line per conference, all or nothing.
    fn rewrite(&mut self, key: &JournalKey) -> std::io::Result<()> {
        let mut fresh = Heads::default();
        let mut text = String::new();
        for (conference, tail) in &self.heads.by_conference {
            text.push_str(&fresh.line(key, conference, *tail));
        }
        fresh.sound_bytes = text.len() as u64;
        let beside = self.path.with_extension("head-new");
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        sync_folder(&self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.heads = fresh;
        Ok(())
    }
}

fn sync_folder(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_written_anew_before_it_grows_without_end_and_no_head_is_lowered() {
        let path = std::env::temp_dir().join(format!("diemcau-head-{}", std::process::id()));
        let key = JournalKey::new([7; 32]);
        let mut file = HeadFile::open(&path, &key).unwrap();
        file.max_surplus_lines = 5;
        let id = |name: &str| ConferenceId::new(name).unwrap();
        for seq in 1..=50_u8 {
            let tail = Tail { seq: u64::from(seq), hash: [seq; 32] };
            let older = Tail { seq: 1, hash: [1; 32] };
            let heads = BTreeMap::from([(id("hop"), tail), (id("kia"), older)]);
            file.append(&key, &heads).unwrap();
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 8, "{lines} lines after {seq} appends");
        }
        file.append(&key, &BTreeMap::from([(id("hop"), Tail { seq: 3, hash: [3; 32] })])).unwrap();
        let heads = read(&path, &key).unwrap().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(heads.by_conference[&id("hop")], Tail { seq: 50, hash: [50; 32] });
        assert_eq!((heads.by_conference[&id("kia")].seq, heads.total), (1, 51));
    }
}
