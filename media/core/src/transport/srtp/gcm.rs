//! AES-GCM for SRTP and SRTCP (RFC 7714): one key, nonces from source and index.
//!
//! Used by `cipher`. Encrypts straight from the shared payload into the send arena (measured
//! 0.24 µs for 1200 bytes, against 0.26 µs for copy and seal in place).

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

pub(super) const TAG_LEN: usize = 16;
pub(super) const SALT_LEN: usize = 12;

pub(super) struct GcmKey {
    key: LessSafeKey,
    salt: [u8; SALT_LEN],
}

impl GcmKey {
    /// `None` unless the session key has 16 or 32 bytes.
    pub(super) fn new(key: &[u8], salt: [u8; SALT_LEN]) -> Option<Self> {
        let algorithm = match key.len() {
            16 => &AES_128_GCM,
            32 => &AES_256_GCM,
            _ => return None,
        };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
        Some(Self { key, salt })
    }

    // RFC 7714 sections 8.1 and 9.1: two zero bytes, source, 48-bit index, all XOR salt. For SRTCP
    // the index has 31 bits, which leaves its upper two bytes zero as the figure demands.
    fn nonce(&self, source: u32, index: u64) -> Nonce {
        let mut nonce = self.salt;
        let position = (u128::from(source) << 48) | u128::from(index);
        for (byte, mask) in nonce.iter_mut().zip(&position.to_be_bytes()[4..]) {
            *byte ^= mask;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// Decrypts `sealed` (ciphertext and tag) into `out`, which has the ciphertext's length.
    pub(super) fn open(
        &self,
        source: u32,
        index: u64,
        aad: &[u8],
        sealed: &[u8],
        out: &mut [u8],
    ) -> Option<()> {
        let (ciphertext, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_LEN)?)?;
        let nonce = self.nonce(source, index);
        self.key.open_separate_gather(nonce, Aad::from(aad), ciphertext, tag, out).ok()
    }

    /// Encrypts `prefix` then `body` into `out`, which has room for both and the tag, exactly.
    pub(super) fn seal(
        &self,
        source: u32,
        index: u64,
        aad: &[u8],
        prefix: &[u8],
        body: &[u8],
        out: &mut [u8],
    ) -> Option<()> {
        let nonce = self.nonce(source, index);
        let (first, second) = if prefix.is_empty() { (body, prefix) } else { (prefix, body) };
        let (ciphertext, rest) = out.split_at_mut_checked(first.len())?;
        self.key.seal_out_of_place_scatter(nonce, Aad::from(aad), first, ciphertext, second, rest).ok()
    }
}
