//! The journal's key: links rows, seals snapshots, signs exported heads.
//!
//! One random key per installation in a file that only the server's user can read. Whoever can
//! write the database but not read this file cannot make a row that fits.

use super::error::JournalFailure;
use crate::store::{Digest, Row};
use hmac::{Hmac, KeyInit, Mac};
use media_control::ConferenceId;
use sha2::Sha256;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The key of one installation's journal.
#[derive(Clone)]
pub struct JournalKey([u8; 32]);

impl std::fmt::Debug for JournalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JournalKey(***)")
    }
}

impl JournalKey {
    /// Takes 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the key file, 64 hexadecimal digits.
    ///
    /// # Errors
    /// `Key` when it is not there or not readable, `KeyMalformed`.
    pub fn load(file: &Path) -> Result<Self, JournalFailure> {
        let failed = |source| JournalFailure::Key { file: file.to_owned(), source };
        let mut text = String::new();
        let opened = std::fs::File::open(file).map_err(failed)?;
        // A larger file is no key; one byte more than a key and its line end tells.
        opened.take(66).read_to_string(&mut text).map_err(failed)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim_end(), &mut bytes)
            .map_err(|_| JournalFailure::KeyMalformed { file: file.to_owned() })?;
        Ok(Self(bytes))
    }

    /// Reads the key file or makes it with a random key, mode 0600.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_or_create(file: &Path) -> Result<Self, JournalFailure> {
        match Self::load(file) {
            Err(JournalFailure::Key { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            other => return other,
        }
        let failed = |source| JournalFailure::Key { file: file.to_owned(), source };
        let bytes: [u8; 32] = rand::random();
        // A full key under another name first: a crash never leaves half a key behind. Linking
        // fails when another start was faster; its key is then the key.
        let fresh = file.with_extension(format!("new-{:016x}", rand::random::<u64>()));
        let mut out = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)
            .map_err(failed)?;
        out.write_all(format!("{}\n", hex::encode(bytes)).as_bytes()).map_err(failed)?;
        out.sync_all().map_err(failed)?;
        let linked = std::fs::hard_link(&fresh, file);
        std::fs::remove_file(&fresh).map_err(failed)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
            _ => Self::load(file),
        }
    }

    /// Tells keys apart without giving them away.
    #[must_use]
    pub fn identity(&self) -> String {
        hex::encode(&self.keyed(b"identity").finalize().into_bytes()[..8])
    }

    /// The hash of `row` as number `seq`: over the hash before, and every column.
    #[must_use]
    pub fn link(&self, row: &Row, seq: u64) -> Digest {
        let mut mac = self.keyed(b"row");
        mac.update(&row.previous);
        text(&mut mac, row.conference.as_str());
        mac.update(&seq.to_be_bytes());
        mac.update(&row.at.0.to_be_bytes());
        mac.update(&row.version.to_be_bytes());
        text(&mut mac, &row.body);
        mac.finalize().into_bytes().into()
    }

    pub(super) fn seal(
        &self,
        conference: &ConferenceId,
        seq: u64,
        hash: &Digest,
        version: u16,
        body: &str,
    ) -> Digest {
        let mut mac = self.keyed(b"snapshot");
        text(&mut mac, conference.as_str());
        mac.update(&seq.to_be_bytes());
        mac.update(hash);
        mac.update(&version.to_be_bytes());
        text(&mut mac, body);
        mac.finalize().into_bytes().into()
    }

    /// Signature of a line of the head file, chained over the line before.
    pub(super) fn head_line(&self, before: &Digest, line: &str) -> Digest {
        let mut mac = self.keyed(b"head");
        mac.update(before);
        text(&mut mac, line);
        mac.finalize().into_bytes().into()
    }

    /// Each purpose starts differently, so that no hash of one passes for another.
    fn keyed(&self, purpose: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length (RFC 2104)");
        mac.update(b"diemcau journal 1 ");
        mac.update(purpose);
        mac.update(&[0]);
        mac
    }
}

/// Length first, so that bytes cannot move from one column to the next.
fn text(mac: &mut Hmac<Sha256>, text: &str) {
    mac.update(&(text.len() as u64).to_be_bytes());
    mac.update(text.as_bytes());
}
