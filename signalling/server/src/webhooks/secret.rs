//! Secrets of web-hooks, which sign bodies and therefore have to be kept, sealed (AES-256-GCM).
//!
//! Called by `http::webhooks` and by `webhooks`. A copy of the database alone signs nothing.

use crate::auth::{Purpose, ServerKey};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

fn cipher(key: &ServerKey) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &key.derived(Purpose::Webhook));
    LessSafeKey::new(key.expect("a derived key has 32 bytes"))
}

/// `secret` for the store; opens for the same hook only.
pub(crate) fn seal_secret(key: &ServerKey, hook: &str, secret: &str) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = rand::random();
    let mut body = secret.as_bytes().to_vec();
    let sealing = cipher(key).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(hook.as_bytes()),
        &mut body,
    );
    sealing.expect("a short text can be sealed");
    [nonce.to_vec(), body].concat()
}

/// Opens what [`seal_secret`] made.
pub(crate) fn open_secret(key: &ServerKey, hook: &str, sealed: &[u8]) -> Option<String> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = body.to_vec();
    let opened = cipher(key).open_in_place(nonce, Aad::from(hook.as_bytes()), &mut body).ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_opens_for_its_own_hook_and_server_only() {
        let key = ServerKey::random();
        let sealed = seal_secret(&key, "a", "một bí mật dài");
        assert_eq!(open_secret(&key, "a", &sealed).as_deref(), Some("một bí mật dài"));
        assert_eq!(open_secret(&key, "b", &sealed), None);
        assert_eq!(open_secret(&ServerKey::random(), "a", &sealed), None);
        assert_eq!(open_secret(&key, "a", &sealed[..5]), None);
    }
}
