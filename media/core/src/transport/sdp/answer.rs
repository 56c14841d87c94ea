//! Reads the browser's answer: text from outside, of any size and shape.
//!
//! Called by `PeerTransport::set_answer`. Size is judged before grammar (rtc-sdp), grammar before
//! meaning; whatever is accepted is exactly what the offer asked for, or less.

use super::EXTENSION_URIS;
use super::offer::LineUse;
use crate::error::AnswerRefused;
use crate::packet::negotiated::{CAMERA_RIDS, EXT_DEPENDENCY, EXT_TRANSPORT_CC};
use crate::packet::stun::{MAX_UFRAG_LEN, is_ice_text};
use crate::payload::Codec;
use crate::room::Takes;
use crate::transport::types::IceCredentials;
use rtc_sdp::description::media::MediaDescription;
use rtc_sdp::description::session::SessionDescription;
use std::io::Cursor;

/// Longest answer in bytes. Chromium's answer to our 36 lines has about 35 kB.
pub const MAX_ANSWER_LEN: usize = 128 * 1024;
/// Most lines of text in an answer.
pub const MAX_ANSWER_LINES: usize = 4096;
/// Longest line of text in an answer, in bytes.
pub const MAX_ANSWER_LINE_LEN: usize = 2048;

/// What a line carries, seen from the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The browser sends on this line.
    SendOnly,
    /// The browser receives on this line.
    RecvOnly,
    /// Nothing flows (rejected or inactive).
    Inactive,
}

/// One m-line of an answer, in the order of the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerLine {
    /// Which line of the offer this answers, `cam`, `mic`, `scr`, `sca`, `v0`.., `a0`..
    pub mid: String,
    /// Direction seen from the browser.
    pub direction: Direction,
    /// Accepted payload types in the browser's order of preference, a subset of those offered.
    pub payload_types: Vec<u8>,
    /// Simulcast layers that the browser will send, a subset of those offered.
    pub rids: Vec<&'static str>,
    /// Packets of this line will carry transport-wide sequence numbers, so feedback is due.
    pub has_transport_cc: bool,
    /// Packets of this line may carry dependency descriptors.
    pub has_descriptor: bool,
}

/// A checked answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The browser's ICE credentials.
    pub ice: IceCredentials,
    /// SHA-256 of the browser's certificate.
    pub fingerprint: [u8; 32],
    /// All lines, in the order of the offer.
    pub lines: Vec<AnswerLine>,
}

impl Answer {
    /// The line with this mid.
    #[must_use]
    pub fn line(&self, mid: &str) -> Option<&AnswerLine> {
        self.lines.iter().find(|line| line.mid == mid)
    }

    /// What the browser takes: on its first lines of each kind, which are all alike.
    #[must_use]
    pub fn takes(&self) -> Takes {
        let lines = ["v0", "a0", "a3"].into_iter().filter_map(|mid| self.line(mid));
        let types = lines.flat_map(|line| line.payload_types.iter());
        let codecs = types.filter_map(|pt| Codec::from_payload_type(*pt));
        let descriptors = self.line("v0").is_some_and(|line| line.has_descriptor);
        codecs.fold(Takes::NONE.reading(descriptors), Takes::with)
    }
}

/// Parses and checks an answer to any of our offers.
///
/// # Errors
/// [`AnswerRefused`]: too large, not a session description, or not an answer to our offer.
pub fn parse_answer(text: &str) -> Result<Answer, AnswerRefused> {
    let mut line_count = 0;
    for line in text.split('\n') {
        line_count += 1;
        if line.len() > MAX_ANSWER_LINE_LEN || line_count > MAX_ANSWER_LINES {
            return Err(AnswerRefused::TooLarge);
        }
    }
    if text.len() > MAX_ANSWER_LEN {
        return Err(AnswerRefused::TooLarge);
    }
    let session = SessionDescription::unmarshal(&mut Cursor::new(text.as_bytes()))
        .map_err(|_| AnswerRefused::Grammar)?;
    if session.media_descriptions.len() != LineUse::all().count() {
        return Err(AnswerRefused::LinesMismatch);
    }
    let bundled: Vec<&str> = session
        .attribute("group")
        .and_then(|group| group.strip_prefix("BUNDLE"))
        .map(|mids| mids.split_ascii_whitespace().collect())
        .unwrap_or_default();
    let mut lines = Vec::with_capacity(session.media_descriptions.len());
    let mut transport: Option<(IceCredentials, [u8; 32])> = None;
    for (media, offered) in session.media_descriptions.iter().zip(LineUse::all()) {
        let line = answer_line(media, offered)?;
        if media.media_name.port.value != 0 {
            if !bundled.contains(&line.mid.as_str()) || !media.has_attribute("rtcp-mux") {
                return Err(AnswerRefused::NotBundled);
            }
            let found = transport_of(&session, media)?;
            // Bundled lines share one transport, so they must not contradict each other.
            if *transport.get_or_insert_with(|| found.clone()) != found {
                return Err(AnswerRefused::NotBundled);
            }
        }
        lines.push(line);
    }
    let (ice, fingerprint) = transport.ok_or(AnswerRefused::LinesMismatch)?;
    Ok(Answer { ice, fingerprint, lines })
}

fn answer_line(media: &MediaDescription, offered: LineUse) -> Result<AnswerLine, AnswerRefused> {
    let kind = if offered.is_video() { "video" } else { "audio" };
    if media.media_name.media != kind {
        return Err(AnswerRefused::LinesMismatch);
    }
    let is_rejected = media.media_name.port.value == 0;
    let mid = offered.mid();
    match value(media, "mid") {
        Some(answered) if answered == mid => {}
        None if is_rejected => {}
        _ => return Err(AnswerRefused::LinesMismatch),
    }
    let direction = if is_rejected { Direction::Inactive } else { direction(media, offered)? };
    let is_offered = |pt: &u8| offered.payload_types().contains(pt);
    let mut payload_types: Vec<u8> =
        media.media_name.formats.iter().filter_map(|pt| pt.parse().ok()).collect();
    payload_types.retain(is_offered);
    payload_types.truncate(offered.payload_types().len());
    let mut rids = Vec::new();
    let (mut has_transport_cc, mut has_descriptor) = (false, false);
    for attribute in &media.attributes {
        let Some(value) = attribute.value.as_deref() else { continue };
        match attribute.key.as_str() {
            "rid" if offered == LineUse::Camera => {
                let mut words = value.split_ascii_whitespace();
                let (name, way) = (words.next(), words.next());
                let known = CAMERA_RIDS.into_iter().find(|rid| Some(*rid) == name);
                rids.extend(known.filter(|rid| way == Some("send") && !rids.contains(rid)));
            }
            "extmap" => {
                let way = if offered.is_sent_by_browser() { "sendonly" } else { "recvonly" };
                has_transport_cc |= is_extension(value, EXT_TRANSPORT_CC, way);
                has_descriptor |= is_extension(value, EXT_DEPENDENCY, way);
            }
            _ => {}
        }
    }
    Ok(AnswerLine { mid, direction, payload_types, rids, has_transport_cc, has_descriptor })
}

fn direction(media: &MediaDescription, offered: LineUse) -> Result<Direction, AnswerRefused> {
    if media.has_attribute("inactive") {
        return Ok(Direction::Inactive);
    }
    let (sends, receives) = (media.has_attribute("sendonly"), media.has_attribute("recvonly"));
    match (offered.is_sent_by_browser(), sends, receives) {
        (true, true, false) => Ok(Direction::SendOnly),
        (false, false, true) => Ok(Direction::RecvOnly),
        _ => Err(AnswerRefused::Direction),
    }
}

/// Whether `extmap` is our extension `ours` on a line on which the browser goes `way`. A direction may
/// follow the id, as in "3/sendonly URI" (RFC 8285 section 8): Firefox sends descriptors and reads none.
fn is_extension(extmap: &str, ours: u8, way: &str) -> bool {
    let mut words = extmap.split_ascii_whitespace();
    let mut id = words.next().unwrap_or_default().split('/');
    let (id, direction) = (id.next().and_then(|id| id.parse().ok()), id.next());
    let uri = words.next();
    direction.is_none_or(|it| it == way || it == "sendrecv")
        && id == Some(ours)
        && EXTENSION_URIS.iter().any(|known| known.0 == ours && Some(known.1) == uri)
}

/// ICE credentials and fingerprint that hold for one line: its own, or the session's.
fn transport_of(
    session: &SessionDescription,
    media: &MediaDescription,
) -> Result<(IceCredentials, [u8; 32]), AnswerRefused> {
    let find = |key| value(media, key).or_else(|| session.attribute(key).map(String::as_str));
    let (Some(ufrag), Some(pwd)) = (find("ice-ufrag"), find("ice-pwd")) else {
        return Err(AnswerRefused::IceCredentials);
    };
    // Lengths of RFC 8839 section 5.4.
    let is_usable =
        ufrag.len() >= 4 && is_ice_text(ufrag, MAX_UFRAG_LEN) && pwd.len() >= 22 && is_ice_text(pwd, 256);
    if !is_usable {
        return Err(AnswerRefused::IceCredentials);
    }
    if find("setup") != Some("active") {
        return Err(AnswerRefused::SetupRole);
    }
    let fingerprint = find("fingerprint").and_then(sha256_fingerprint).ok_or(AnswerRefused::Fingerprint)?;
    Ok((IceCredentials { ufrag: ufrag.to_owned(), pwd: pwd.to_owned() }, fingerprint))
}

pub(super) fn sha256_fingerprint(value: &str) -> Option<[u8; 32]> {
    let (algorithm, digits) = value.split_once(' ')?;
    if !algorithm.eq_ignore_ascii_case("sha-256") || digits.len() != 32 * 3 - 1 {
        return None;
    }
    let mut hash = [0; 32];
    let mut pairs = digits.split(':');
    for byte in &mut hash {
        let pair = pairs.next().filter(|pair| pair.len() == 2)?;
        let is_hex = pair.bytes().all(|digit| digit.is_ascii_hexdigit());
        *byte = u8::from_str_radix(pair, 16).ok().filter(|_| is_hex)?;
    }
    pairs.next().is_none().then_some(hash)
}

fn value<'a>(media: &'a MediaDescription, key: &str) -> Option<&'a str> {
    media.attribute(key).flatten()
}
