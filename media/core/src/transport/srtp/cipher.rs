//! The session keys of one direction, for RTP and for RTCP, of any profile.
//!
//! Used by receiver and sender halves. Knows packet layouts of the profiles, not sequence numbers:
//! the index is always given.

use super::cm_sha1::{self, CmSha1Key};
use super::gcm::{self, GcmKey};
use super::kdf::{Label, derive};
use crate::transport::types::SrtpProfile;

/// Clear bytes at the start of every SRTCP packet: header and sender's source.
pub(super) const RTCP_CLEAR_LEN: usize = 8;
/// Bytes of the SRTCP word that holds encryption bit and index.
pub(super) const RTCP_INDEX_LEN: usize = 4;

pub(super) enum Cipher {
    Gcm(GcmKey),
    // Boxed: its expanded keys take 1.7 kB, which the common GCM legs should not carry.
    CmSha1(Box<CmSha1Key>),
}

/// The keys of one direction.
pub(super) struct DirectionKeys {
    pub(super) rtp: Cipher,
    pub(super) rtcp: Cipher,
}

impl DirectionKeys {
    /// Derives session keys. `None` when key or salt do not have the profile's lengths.
    pub(super) fn derive(profile: SrtpProfile, key: &[u8], salt: &[u8]) -> Option<Self> {
        if key.len() != profile.key_len() || salt.len() != profile.salt_len() {
            return None;
        }
        let cipher = |key_label, auth_label, salt_label| match profile {
            SrtpProfile::Aes128CmSha1_80 => {
                let mut session_key = [0; cm_sha1::KEY_LEN];
                let mut session_auth = [0; cm_sha1::AUTH_KEY_LEN];
                let mut session_salt = [0; cm_sha1::SALT_LEN];
                derive(key, salt, key_label, &mut session_key)?;
                derive(key, salt, auth_label, &mut session_auth)?;
                derive(key, salt, salt_label, &mut session_salt)?;
                CmSha1Key::new(&session_key, &session_auth, session_salt)
                    .map(|key| Cipher::CmSha1(Box::new(key)))
            }
            SrtpProfile::AeadAes128Gcm | SrtpProfile::AeadAes256Gcm => {
                let mut session_key = [0; 32];
                let session_key = &mut session_key[..profile.key_len()];
                let mut session_salt = [0; gcm::SALT_LEN];
                derive(key, salt, key_label, session_key)?;
                derive(key, salt, salt_label, &mut session_salt)?;
                GcmKey::new(session_key, session_salt).map(Cipher::Gcm)
            }
        };
        Some(Self {
            rtp: cipher(Label::RtpKey, Label::RtpAuth, Label::RtpSalt)?,
            rtcp: cipher(Label::RtcpKey, Label::RtcpAuth, Label::RtcpSalt)?,
        })
    }
}

impl Cipher {
    pub(super) const fn tag_len(&self) -> usize {
        match self {
            Self::Gcm(_) => gcm::TAG_LEN,
            Self::CmSha1(_) => cm_sha1::TAG_LEN,
        }
    }

    /// Opens an RTP packet; `out` has exactly the clear payload's length. `None` when forged.
    pub(super) fn open_rtp(
        &self,
        source: u32,
        index: u64,
        packet: &[u8],
        header_len: usize,
        out: &mut [u8],
    ) -> Option<()> {
        match self {
            Self::Gcm(key) => {
                let (header, sealed) = packet.split_at(header_len);
                key.open(source, index, header, sealed, out)
            }
            Self::CmSha1(key) => {
                let (covered, tag) = packet.split_at(packet.len() - cm_sha1::TAG_LEN);
                let rollover = ((index >> 16) as u32).to_be_bytes();
                if !key.is_authentic(covered, &rollover, tag) {
                    return None;
                }
                out.copy_from_slice(&covered[header_len..]);
                key.apply(source, index, out)
            }
        }
    }

    /// Seals an RTP packet; `out` has exactly the sealed length and already holds the header.
    pub(super) fn seal_rtp(
        &self,
        source: u32,
        index: u64,
        header_len: usize,
        prefix: &[u8],
        body: &[u8],
        out: &mut [u8],
    ) -> Option<()> {
        match self {
            Self::Gcm(key) => {
                let (header, sealed) = out.split_at_mut(header_len);
                key.seal(source, index, header, prefix, body, sealed)
            }
            Self::CmSha1(key) => {
                let (covered, tag) = out.split_at_mut(header_len + prefix.len() + body.len());
                let payload = &mut covered[header_len..];
                payload[..prefix.len()].copy_from_slice(prefix);
                payload[prefix.len()..].copy_from_slice(body);
                key.apply(source, index, payload)?;
                tag.copy_from_slice(&key.tag(covered, &((index >> 16) as u32).to_be_bytes()));
                Some(())
            }
        }
    }

    /// The word with encryption bit and index: last for GCM, before the tag for the others.
    pub(super) fn rtcp_index_word(&self, packet: &[u8]) -> Option<u32> {
        let end = match self {
            Self::Gcm(_) => packet.len(),
            Self::CmSha1(_) => packet.len().checked_sub(cm_sha1::TAG_LEN)?,
        };
        packet.get(..end)?.last_chunk().map(|word| u32::from_be_bytes(*word))
    }

    /// Opens an SRTCP packet into `out`, which has exactly the clear length. `None` when forged.
    pub(super) fn open_rtcp(&self, packet: &[u8], source: u32, word: u32, out: &mut [u8]) -> Option<()> {
        let index = u64::from(word & 0x7fff_ffff);
        let (clear, body) = out.split_at_mut_checked(RTCP_CLEAR_LEN)?;
        match self {
            Self::Gcm(key) => {
                // RFC 7714 section 9.2: the associated data is the clear part and the index word.
                let mut aad = [0; RTCP_CLEAR_LEN + RTCP_INDEX_LEN];
                aad[..RTCP_CLEAR_LEN].copy_from_slice(&packet[..RTCP_CLEAR_LEN]);
                aad[RTCP_CLEAR_LEN..].copy_from_slice(&word.to_be_bytes());
                let sealed = &packet[RTCP_CLEAR_LEN..packet.len() - RTCP_INDEX_LEN];
                key.open(source, index, &aad, sealed, body)?;
            }
            Self::CmSha1(key) => {
                let (covered, tag) = packet.split_at(packet.len() - cm_sha1::TAG_LEN);
                if !key.is_authentic(covered, &[], tag) {
                    return None;
                }
                body.copy_from_slice(&covered[RTCP_CLEAR_LEN..covered.len() - RTCP_INDEX_LEN]);
                key.apply(source, index, body)?;
            }
        }
        clear.copy_from_slice(&packet[..RTCP_CLEAR_LEN]);
        Some(())
    }

    /// Seals a compound into `out`, which has exactly the sealed length.
    pub(super) fn seal_rtcp(&self, compound: &[u8], source: u32, index: u32, out: &mut [u8]) -> Option<()> {
        let word = (index | 0x8000_0000).to_be_bytes();
        let index = u64::from(index);
        let (clear, body) = compound.split_at_checked(RTCP_CLEAR_LEN)?;
        out[..RTCP_CLEAR_LEN].copy_from_slice(clear);
        match self {
            Self::Gcm(key) => {
                let mut aad = [0; RTCP_CLEAR_LEN + RTCP_INDEX_LEN];
                aad[..RTCP_CLEAR_LEN].copy_from_slice(clear);
                aad[RTCP_CLEAR_LEN..].copy_from_slice(&word);
                let word_at = out.len() - RTCP_INDEX_LEN;
                key.seal(source, index, &aad, &[], body, &mut out[RTCP_CLEAR_LEN..word_at])?;
                out[word_at..].copy_from_slice(&word);
            }
            Self::CmSha1(key) => {
                let (covered, tag) = out.split_at_mut(compound.len() + RTCP_INDEX_LEN);
                let sealed = &mut covered[RTCP_CLEAR_LEN..compound.len()];
                sealed.copy_from_slice(body);
                key.apply(source, index, sealed)?;
                covered[compound.len()..].copy_from_slice(&word);
                tag.copy_from_slice(&key.tag(covered, &[]));
            }
        }
        Some(())
    }
}
