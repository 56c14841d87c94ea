//! What of an outside offer is taken, line by line.
//!
//! Called by `offer`. The first usable line of each kind wins; whatever else is offered (data
//! channels, second cameras, lines of the wrong direction) is rejected, never an error.

use super::formats::choose;
use super::{Accepted, Line, Wanted};
use crate::packet::negotiated::{
    EXT_ABS_SEND_TIME, EXT_AUDIO_LEVEL, EXT_MID, EXT_REPAIRED_RID, EXT_RID, EXT_TRANSPORT_CC,
};
use crate::packet::numbers::MAX_RID_LEN;
use crate::stream::ids::MAX_LAYERS;
use crate::transport::sdp::EXTENSION_URIS;
use rtc_sdp::description::media::MediaDescription;

/// Longest mid that is answered; ours have three characters, those of browsers one or two.
const MAX_MID_LEN: usize = 32;

/// Names of layers that say which is larger, smallest first.
const KNOWN_LAYERS: [&[&str]; 3] = [&["q", "h", "f"], &["l", "m", "h"], &["low", "mid", "high"]];

/// `rids` from the smallest to the largest layer: by their names where these are known, else as
/// RFC 8853 section 5.2 has it, the preferred one first.
pub(super) fn smallest_first(rids: &[String]) -> Vec<&str> {
    let names: Vec<&str> = rids.iter().map(String::as_str).collect();
    let known = KNOWN_LAYERS.into_iter().find(|known| names.iter().all(|name| known.contains(name)));
    match known {
        Some(known) => known.iter().copied().filter(|name| names.contains(name)).collect(),
        None => names.into_iter().rev().collect(),
    }
}

/// Reads one m-line; `is_taken` says that a line of this kind was accepted before.
pub(super) fn read(
    media: &MediaDescription,
    wanted: Wanted,
    is_bundled: bool,
    is_taken: bool,
) -> Option<Line> {
    let name = &media.media_name;
    let mid = value(media, "mid").map(str::to_owned);
    if mid.as_ref().is_some_and(|mid| mid.is_empty() || mid.len() > MAX_MID_LEN || !is_token(mid)) {
        return None;
    }
    let protocol = name.protos.join("/");
    let is_media = matches!(name.media.as_str(), "audio" | "video");
    let is_secure = ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF"].contains(&protocol.as_str());
    let is_usable = is_media
        && is_secure
        && !is_taken
        && is_bundled
        && (name.port.value != 0 || media.has_attribute("bundle-only"))
        && media.has_attribute("rtcp-mux")
        && flows(media, wanted);
    let accepted = is_usable.then(|| accept(media, wanted)).flatten();
    if !is_token(&name.media)
        || !protocol.split('/').all(is_token)
        || !name.formats.iter().all(|it| is_token(it))
    {
        return None;
    }
    Some(Line { kind: name.media.clone(), protocol, formats: name.formats.join(" "), mid, accepted })
}

fn accept(media: &MediaDescription, wanted: Wanted) -> Option<Accepted> {
    let formats = choose(media, wanted);
    if formats.is_empty() {
        return None;
    }
    let rids = if wanted == Wanted::Publish { simulcast(media) } else { Vec::new() };
    Some(Accepted { formats, extensions: extensions(media, wanted, !rids.is_empty()), rids })
}

/// Whether media flows the way that is wanted; `sendrecv` is what an absent direction means.
fn flows(media: &MediaDescription, wanted: Wanted) -> bool {
    let has = |direction: &str| media.has_attribute(direction);
    let against = if wanted == Wanted::Publish { "recvonly" } else { "sendonly" };
    !has("inactive") && !has(against)
}

/// The layers that the offerer will send, in its order; empty for a single one.
fn simulcast(media: &MediaDescription) -> Vec<String> {
    let Some(line) = value(media, "simulcast") else { return Vec::new() };
    let mut words = line.split_ascii_whitespace();
    let list = loop {
        match words.next() {
            Some("send") => break words.next().unwrap_or_default(),
            Some(_) => {}
            None => return Vec::new(),
        }
    };
    let offered = |rid: &str| {
        media.attributes.iter().filter(|it| it.key == "rid").filter_map(|it| it.value.as_deref()).any(
            |value| {
                let mut words = value.split_ascii_whitespace();
                words.next() == Some(rid) && words.next() == Some("send")
            },
        )
    };
    let mut rids: Vec<String> = Vec::new();
    for stream in list.split(';') {
        // Of alternatives the first; a paused layer (RFC 8853 section 5.1) may come all the same.
        let rid = stream.split(',').next().unwrap_or_default().trim_start_matches('~');
        let is_name =
            !rid.is_empty() && rid.len() <= MAX_RID_LEN && rid.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_name && offered(rid) && !rids.iter().any(|known| known == rid) && rids.len() < MAX_LAYERS {
            rids.push(rid.to_owned());
        }
    }
    if rids.len() > 1 { rids } else { Vec::new() }
}

fn extensions(media: &MediaDescription, wanted: Wanted, is_simulcast: bool) -> Vec<(u8, u8)> {
    let is_video = media.media_name.media == "video";
    let mut taken: Vec<(u8, u8)> = Vec::new();
    for value in media.attributes.iter().filter(|it| it.key == "extmap").filter_map(|it| it.value.as_deref())
    {
        let mut words = value.split_ascii_whitespace();
        let id = words.next().and_then(|id| id.split('/').next()).and_then(|id| id.parse::<u8>().ok());
        let uri = words.next();
        let ours = EXTENSION_URIS.iter().find(|(_, known)| Some(*known) == uri).map(|(ours, _)| *ours);
        // 15 is reserved (RFC 8285 section 4.2); above it only the two-byte form reaches.
        let (Some(theirs @ 1..=14), Some(ours)) = (id, ours) else { continue };
        let is_of_use = match ours {
            EXT_TRANSPORT_CC => true,
            EXT_AUDIO_LEVEL => !is_video,
            EXT_ABS_SEND_TIME | EXT_MID => wanted == Wanted::Publish,
            EXT_RID | EXT_REPAIRED_RID => is_simulcast,
            _ => false,
        };
        if is_of_use && !taken.iter().any(|(id, our)| *id == theirs || *our == ours) {
            taken.push((theirs, ours));
        }
    }
    taken
}

pub(super) fn value<'a>(media: &'a MediaDescription, key: &str) -> Option<&'a str> {
    media.attribute(key).flatten()
}

/// The `token` of RFC 8866: what of the offer is repeated in the answer holds nothing else.
pub(super) fn is_token(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&b);
    !text.is_empty() && text.bytes().all(fits)
}
