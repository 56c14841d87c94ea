//! The data folder: everything of the server that outlives the process.
//!
//! Opened by every command that needs more than the settings. Makes what is missing, changes
//! nothing that is there.
//!
//! ```text
//! DATA/                   0700
//!   diemcau.toml          settings, when the operator puts them here
//!   diemcau.db            SQLite, unless another database is set
//!   secret                32 bytes in hex, 0600: signs tokens and resume tokens
//!   journal.key           key of the journal's chain, 0600 (made by the journal)
//!   journal.head          how far each chain has come; copy it to another machine
//!   tls/                  root and key of our certificate authority, the server's certificate, ACME account
//!   media/                sockets between media processes, only while they run
//!   relay/                certificate of this node and its key, for other nodes
//!   demo-accounts.json    passwords of the demo accounts, 0600, only after `serve --demo`
//! ```

use crate::private_file;
use rand::Rng;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of the server secret.
pub const SECRET_BYTES: usize = 32;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderFailure {
    #[error("cannot use {}: {cause}", path.display())]
    Io { path: PathBuf, cause: io::Error },
    /// A truncated or edited secret would silently end every token.
    #[error(
        "{} does not hold 64 hexadecimal digits; restore it from a backup, or remove it (every token ends)",
        path.display()
    )]
    BadSecret { path: PathBuf },
}

/// An opened data folder.
pub struct DataFolder {
    path: PathBuf,
    secret: [u8; SECRET_BYTES],
}

impl DataFolder {
    /// Makes the folder and its secret when they are not there.
    ///
    /// # Errors
    /// When something cannot be made or read, or the secret is damaged.
    pub fn open(path: &Path) -> Result<Self, DataFolderFailure> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| DataFolderFailure::Io { path, cause }
        };
        private_file::make_folder(path).map_err(failed(path))?;
        let secret_path = path.join("secret");
        let secret = match std::fs::read_to_string(&secret_path) {
            Ok(text) => {
                let mut secret = [0; SECRET_BYTES];
                hex::decode_to_slice(text.trim(), &mut secret)
                    .map_err(|_| DataFolderFailure::BadSecret { path: secret_path })?;
                secret
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut secret = [0; SECRET_BYTES];
                rand::rng().fill_bytes(&mut secret);
                private_file::write(&secret_path, (hex::encode(secret) + "\n").as_bytes())
                    .map_err(failed(&secret_path))?;
                secret
            }
            Err(error) => return Err(failed(&secret_path)(error)),
        };
        Ok(Self { path: path.to_owned(), secret })
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of something inside.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The server secret; never logged.
    #[must_use]
    pub const fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn secret_is_kept_private_and_never_replaced() {
        let path = std::env::temp_dir().join(format!("diemcau-data-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let first = *DataFolder::open(&path).expect("made").secret();
        let again = *DataFolder::open(&path).expect("opened").secret();
        assert_eq!(first, again);
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join("secret"))), (0o700, 0o600));

        std::fs::write(path.join("secret"), "abc").expect("written");
        assert!(matches!(DataFolder::open(&path), Err(DataFolderFailure::BadSecret { .. })));
        std::fs::remove_dir_all(&path).expect("removed");
    }
}
