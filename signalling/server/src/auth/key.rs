//! The server's secret key and the keys derived from it.
//!
//! Made by `deploy/diemcau` from the key file; used by `token` and `session::resume`. One purpose
//! never verifies what another signed, because each derives its own key.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// 256 secret bits of this installation.
#[derive(Clone)]
pub struct ServerKey([u8; 32]);

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey(***)")
    }
}

/// What a derived key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Bearer tokens and guest cookies.
    Token,
    /// Resume tokens of places.
    Resume,
    /// One-time codes of new accounts.
    Invitation,
    /// Encrypts the secrets of second factors.
    SecondFactor,
    /// Recovery codes.
    Recovery,
    /// Links in invitations.
    Answer,
    /// Encrypts the secrets of web-hooks.
    Webhook,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Token => b"diemcau token v1",
            Self::Resume => b"diemcau resume v1",
            Self::Invitation => b"diemcau invitation v1",
            Self::SecondFactor => b"diemcau second factor v1",
            Self::Recovery => b"diemcau recovery v1",
            Self::Answer => b"diemcau answer v1",
            Self::Webhook => b"diemcau webhook v1",
        }
    }
}

impl ServerKey {
    /// Takes 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh random key.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// A keyed hash ready to be fed, under the key of `purpose`.
    #[must_use]
    pub fn mac(&self, purpose: Purpose) -> Hmac<Sha256> {
        keyed(&self.derived(purpose))
    }

    /// The key of `purpose` itself.
    pub(crate) fn derived(&self, purpose: Purpose) -> [u8; 32] {
        let mut derive = keyed(&self.0);
        derive.update(purpose.label());
        derive.finalize().into_bytes().into()
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length (RFC 2104)")
}
