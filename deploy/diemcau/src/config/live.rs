//! Where live streams go beside our own page. Called by `config::read`.

use super::reader::Reader;

/// Stands for the id of the meeting in an address.
const PLACEHOLDER: &str = "{conference}";

/// Addresses that every live stream is pushed to; may hold a key, hence no `Debug` of their own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Live {
    pub rtmp_url: Option<String>,
    pub srt_url: Option<String>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |url: &Option<String>| if url.is_some() { "***" } else { "none" };
        write!(f, "Live(rtmp {}, srt {})", shown(&self.rtmp_url), shown(&self.srt_url))
    }
}

pub(super) fn live(reader: &mut Reader<'_>) -> Live {
    let rtmp = &["rtmp", "rtmps"];
    Live {
        rtmp_url: address(reader, "live.rtmp_url", rtmp, "rtmp://media.example.gov.vn/live/{conference}"),
        srt_url: address(reader, "live.srt_url", &["srt"], "srt://media.example.gov.vn:9000?mode=caller"),
    }
}

fn address(reader: &mut Reader<'_>, path: &'static str, schemes: &[&str], example: &str) -> Option<String> {
    let text = reader.text(path, "");
    if text.is_empty() {
        return None;
    }
    // What the placeholder becomes has letters, digits and hyphens alone.
    let whole = text.replace(PLACEHOLDER, "demo");
    let (scheme, rest) = whole.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let is_plain = whole.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '{' && c != '}');
    if schemes.contains(&scheme) && !host.is_empty() && is_plain {
        return Some(text);
    }
    // The address may hold a key: it is not repeated.
    reader.refuse(
        path,
        format!("is no address that begins with {}://", schemes[0]),
        format!("write it like \"{example}\""),
    );
    None
}
