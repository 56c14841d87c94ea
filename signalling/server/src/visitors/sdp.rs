//! The little that signalling itself reads of SDP: which kinds an offer holds, and the credentials in a
//! fragment. Whether an offer can be used is media's to say.
//!
//! Called by `http::visitors`. Reads text from outside, bounded by the body's limit; keeps nothing.

/// Longest ICE user fragment and password (RFC 8839 section 5.4).
const ICE_TEXT_LIMIT: usize = 256;

/// What an offer says that it will send or receive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub audio: bool,
    pub video: bool,
}

/// The kinds of the m-lines of `sdp`; `None` when it does not even begin like SDP.
pub(crate) fn kinds(sdp: &str) -> Option<Kinds> {
    if !sdp.starts_with("v=0") {
        return None;
    }
    let has = |kind: &str| sdp.lines().any(|line| line.starts_with(kind));
    Some(Kinds { audio: has("m=audio "), video: has("m=video ") })
}

/// User fragment and password of an SDP or of a fragment of one (RFC 8840 section 9); `None` when either
/// is absent or has a form that is not allowed.
pub(crate) fn ice_credentials(sdp: &str) -> Option<(String, String)> {
    let value = |prefix: &str| sdp.lines().find_map(|line| line.strip_prefix(prefix)).map(str::trim_end);
    let is_ice = |text: &&str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
        (4..=ICE_TEXT_LIMIT).contains(&text.len()) && text.bytes().all(fits)
    };
    let ufrag = value("a=ice-ufrag:").filter(is_ice)?;
    let pwd = value("a=ice-pwd:").filter(is_ice)?;
    Some((ufrag.to_owned(), pwd.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_the_lines_alone() {
        assert_eq!(kinds("hello"), None);
        assert_eq!(kinds("v=0\r\na=m=video \r\n"), Some(Kinds::default()));
        let both = kinds("v=0\r\nm=audio 9 x 0\r\nm=video 9 x 1\r\n");
        assert_eq!(both, Some(Kinds { audio: true, video: true }));
    }

    #[test]
    fn credentials_need_their_alphabet_and_length() {
        let read =
            |ufrag: &str, pwd: &str| ice_credentials(&format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n"));
        assert_eq!(read("EsAw", "P2uYro0UCOQ4"), Some(("EsAw".to_owned(), "P2uYro0UCOQ4".to_owned())));
        for (ufrag, pwd) in
            [("abc", "long+enough/0"), ("abcd", "with space"), ("abcd", ""), ("abcd\u{7f}", "abcdef")]
        {
            assert_eq!(read(ufrag, pwd), None, "{ufrag} {pwd}");
        }
        assert_eq!(ice_credentials("a=ice-ufrag:abcd\r\n"), None);
        assert_eq!(
            ice_credentials(&format!("a=ice-ufrag:{}\r\na=ice-pwd:abcdef\r\n", "x".repeat(300))),
            None
        );
    }
}
