//! Random values of legs: ICE credentials, SSRCs, session ids. Called when a leg is made or its
//! ICE restarts, never on the packet path.
//!
//! The first character of a user fragment names the shard, so that a connection whose port says
//! nothing finds it without a table.

use media_control::ShardId;
use media_core::transport::IceCredentials;

/// Random characters of a user fragment: 48 bits (RFC 8445 section 5.3 wants at least 24).
const UFRAG_CHARS: usize = 8;
/// Characters of a password: 192 bits (RFC 8445 section 5.3 wants at least 128).
const PASSWORD_CHARS: usize = 32;
/// SSRCs that a leg uses in a row.
const SSRCS_PER_LEG: u32 = 64;
/// 64 ice-chars, so that each random byte gives one without bias.
const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .expect("the system's random source has no failure that we could outlive");
    bytes
}

fn ice_text<const N: usize>() -> String {
    random::<N>().iter().map(|byte| char::from(ICE_CHARS[usize::from(byte % 64)])).collect()
}

/// The shard that gave `ufrag` to a leg, if it is one of ours. 64 characters for
/// [`crate::MAX_SHARDS`] shards.
pub(crate) fn shard_of(ufrag: &str) -> Option<ShardId> {
    let (first, rest) = ufrag.as_bytes().split_first()?;
    let number = ICE_CHARS.iter().position(|known| known == first)?;
    (rest.len() == UFRAG_CHARS).then_some(ShardId(number as u16))
}

/// Fresh credentials for a leg on `shard` whose user fragment is not in use.
pub(crate) fn ice_credentials(shard: ShardId, is_taken: impl Fn(&str) -> bool) -> IceCredentials {
    let name = char::from(ICE_CHARS[usize::from(shard.0) % ICE_CHARS.len()]);
    loop {
        let ufrag = format!("{name}{}", ice_text::<UFRAG_CHARS>());
        if !is_taken(&ufrag) {
            return IceCredentials { ufrag, pwd: ice_text::<PASSWORD_CHARS>() };
        }
    }
}

/// First SSRC of a leg; the following ones are its own too, and none is 0.
pub(crate) fn ssrc_base() -> u32 {
    u32::from_be_bytes(random()).clamp(1, u32::MAX - SSRCS_PER_LEG)
}

/// Session id of a leg's offers, below 2^62 (RFC 8829 section 5.2.1).
pub(crate) fn session_id() -> u64 {
    u64::from_be_bytes(random()) >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_fragment_in_use_is_not_given_again() {
        let first = ice_credentials(ShardId(0), |_| false);
        let asked = std::cell::Cell::new(0);
        let second = ice_credentials(ShardId(0), |ufrag| {
            asked.set(asked.get() + 1);
            ufrag == first.ufrag || asked.get() < 3
        });
        assert_ne!(first.ufrag, second.ufrag);
        assert!(asked.get() >= 3);
        assert!(second.pwd.len() == PASSWORD_CHARS && second.pwd != first.pwd);
    }
    #[test]
    fn user_fragment_leads_back_to_its_shard() {
        for shard in (0..crate::MAX_SHARDS).map(ShardId) {
            assert_eq!(shard_of(&ice_credentials(shard, |_| false).ufrag), Some(shard));
        }
        for foreign in ["", "A", "A1234567", "A123456789", "-12345678"] {
            assert_eq!(shard_of(foreign), None, "{foreign}");
        }
    }
}
