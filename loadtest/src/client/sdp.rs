//! What a client reads of a server's session description.
//!
//! Used by `description`, for offers and answers alike. Pure text; takes what the servers that are
//! measured really write and leaves the rest alone.

use crate::error::Failure;
use std::net::SocketAddr;

/// The header extensions that clients here understand.
pub const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
pub const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
pub const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
pub const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
pub const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
pub const ABS_SEND_TIME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
/// Those of one line that are answered, most wanted first.
pub const EXTENSIONS: [&str; 6] = [TRANSPORT_CC, AUDIO_LEVEL, MID, RID, REPAIRED_RID, ABS_SEND_TIME];

/// One payload type of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub number: u8,
    /// Name and clock in lower case, `vp8/90000`.
    pub name: String,
    pub parameters: Option<String>,
}

impl Format {
    /// The payload type whose packets this one repeats.
    #[must_use]
    pub fn repairs(&self) -> Option<u8> {
        let apt = self.parameters.as_ref()?.split(';').find_map(|it| it.trim().strip_prefix("apt="))?;
        if self.name.starts_with("rtx/") { apt.parse().ok() } else { None }
    }
}

/// One m-line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// `audio`, `video` or `application`.
    pub kind: String,
    pub port: u16,
    pub protocol: String,
    /// The words after the protocol, as they stand.
    pub words: String,
    pub mid: String,
    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`.
    pub direction: String,
    pub formats: Vec<Format>,
    /// Number and name of the header extensions.
    pub extensions: Vec<(u8, String)>,
    /// The SSRCs that are named, without repeats.
    pub sources: Vec<u32>,
    /// Layers that the other side takes, in its order (`a=rid:… recv`).
    pub rids: Vec<String>,
}

impl Line {
    fn new(words: &str) -> Self {
        let mut parts = words.splitn(4, ' ');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (kind, port, protocol, rest) = (next(), next(), next(), next());
        Self {
            kind,
            port: port.parse().unwrap_or(0),
            protocol,
            words: rest,
            direction: "sendrecv".to_owned(),
            ..Self::default()
        }
    }

    /// The number of a header extension.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<u8> {
        self.extensions.iter().find(|(_, known)| known == name).map(|(number, _)| *number)
    }

    /// The best format of a codec (`vp8`, `h264`, `opus`); of H.264 one in packetization mode 1.
    #[must_use]
    pub fn codec(&self, name: &str) -> Option<&Format> {
        let fits = |it: &&Format| {
            let is_it = it.name.split('/').next() == Some(name);
            let mode = it.parameters.as_ref().is_none_or(|text| text.contains("packetization-mode=1"));
            is_it && (name != "h264" || mode)
        };
        self.formats.iter().find(fits)
    }

    /// The payload type that repairs `number`.
    #[must_use]
    pub fn repair_of(&self, number: u8) -> Option<u8> {
        self.formats.iter().find(|it| it.repairs() == Some(number)).map(|it| it.number)
    }
}

/// A session description as a client needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    pub ufrag: String,
    pub pwd: String,
    /// Bytes of the SHA-256 of the certificate.
    pub fingerprint: Vec<u8>,
    pub is_lite: bool,
    /// UDP addresses, in the order of the description.
    pub candidates: Vec<SocketAddr>,
    pub lines: Vec<Line>,
}

impl Remote {
    /// Reads a description.
    ///
    /// # Errors
    /// `Description` without credentials or a SHA-256 fingerprint. Candidates may come later.
    pub fn read(sdp: &str) -> Result<Self, Failure> {
        let mut remote = Self::default();
        for line in sdp.lines() {
            let line = line.trim_end();
            if let Some(words) = line.strip_prefix("m=") {
                remote.lines.push(Line::new(words));
            } else if let Some(attribute) = line.strip_prefix("a=") {
                remote.attribute(attribute);
            }
        }
        let lacking = |lacking| Err(Failure::Description { lacking });
        match () {
            () if remote.ufrag.is_empty() || remote.pwd.is_empty() => lacking("ICE credentials"),
            () if remote.fingerprint.len() != 32 => lacking("a SHA-256 fingerprint"),
            () => Ok(remote),
        }
    }

    fn attribute(&mut self, attribute: &str) {
        let (key, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match key {
            "ice-ufrag" => value.clone_into(&mut self.ufrag),
            "ice-pwd" => value.clone_into(&mut self.pwd),
            "ice-lite" => self.is_lite = true,
            "fingerprint" => {
                if let Some(("sha-256", hex)) = value.split_once(' ') {
                    self.fingerprint =
                        hex.split(':').filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
                }
            }
            "candidate" => {
                if let Some(address) = candidate(value).filter(|it| !self.candidates.contains(it)) {
                    self.candidates.push(address);
                }
            }
            _ => {
                if let Some(line) = self.lines.last_mut() {
                    line.attribute(key, value);
                }
            }
        }
    }
}

impl Line {
    fn attribute(&mut self, key: &str, value: &str) {
        match key {
            "mid" => value.clone_into(&mut self.mid),
            "sendrecv" | "sendonly" | "recvonly" | "inactive" => key.clone_into(&mut self.direction),
            "rtpmap" => {
                if let Some((number, name)) = number_and(value) {
                    let name = name.to_ascii_lowercase();
                    self.formats.push(Format { number, name, parameters: None });
                }
            }
            "fmtp" => {
                if let Some((number, text)) = number_and(value)
                    && let Some(format) = self.formats.iter_mut().find(|it| it.number == number)
                {
                    format.parameters = Some(text.to_owned());
                }
            }
            "extmap" => {
                if let Some((number, name)) = value.split_once(' ')
                    && let Ok(number) = number.split('/').next().unwrap_or_default().parse()
                {
                    self.extensions.push((number, name.trim().to_owned()));
                }
            }
            "rid" => {
                if let Some((rid, direction)) = value.split_once(' ')
                    && direction.starts_with("recv")
                {
                    self.rids.push(rid.to_owned());
                }
            }
            "ssrc" => {
                let source = value.split(' ').next().and_then(|it| it.parse().ok());
                if let Some(source) = source.filter(|it| !self.sources.contains(it)) {
                    self.sources.push(source);
                }
            }
            _ => {}
        }
    }
}

fn number_and(value: &str) -> Option<(u8, &str)> {
    let (number, rest) = value.split_once(' ')?;
    Some((number.parse().ok()?, rest.trim()))
}

/// The UDP address of a candidate attribute, with or without its name; `None` for TCP, relays, names
/// instead of addresses, and the second component.
#[must_use]
pub fn candidate(text: &str) -> Option<SocketAddr> {
    let text = text.trim().trim_start_matches("a=").trim_start_matches("candidate:");
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, "1", protocol, _, address, port, ..] = words[..] else { return None };
    let is_relay = words.windows(2).any(|it| it == ["typ", "relay"]);
    if !protocol.eq_ignore_ascii_case("udp") || is_relay {
        return None;
    }
    Some(SocketAddr::new(address.parse().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\na=ice-lite\r\na=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:\
        10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n\
        a=mid:1\r\na=sendonly\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n\
        a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
        a=extmap:3/recvonly http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
        a=ssrc:7 cname:x\r\na=ssrc:7 msid:x\r\na=ssrc:8 cname:x\r\n\
        a=candidate:1 1 udp 2130706431 127.0.0.1 10000 typ host\r\n\
        a=candidate:1 1 tcp 1 127.0.0.1 10000 typ host tcptype passive\r\n";

    #[test]
    fn an_answer_gives_path_formats_and_sources() {
        let remote = Remote::read(ANSWER).expect("a good description");
        assert!(remote.is_lite);
        assert_eq!(remote.candidates, [SocketAddr::from(([127, 0, 0, 1], 10_000))]);
        let line = &remote.lines[0];
        let vp8 = line.codec("vp8").expect("VP8").number;
        assert_eq!((vp8, line.repair_of(vp8), line.extension(TRANSPORT_CC)), (96, Some(97), Some(3)));
        assert_eq!((line.sources.as_slice(), line.direction.as_str()), ([7, 8].as_slice(), "sendonly"));
    }

    #[test]
    fn a_description_without_fingerprint_is_refused() {
        let text = ANSWER.replace("sha-256", "md5");
        assert!(matches!(Remote::read(&text), Err(Failure::Description { .. })));
    }
}
