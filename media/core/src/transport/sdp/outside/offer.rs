//! Reads an outside offer: text from anybody with a token, of any size and shape.
//!
//! Called by the shard. Size is judged before grammar (rtc-sdp), grammar before meaning. Candidates are
//! not looked at: we are ICE-lite and learn the peer's addresses from its checks (RFC 8445 section 2.5).

use super::{Line, OurRole, Wanted, lines};
use crate::error::OfferRefused;
use crate::packet::stun::{MAX_UFRAG_LEN, is_ice_text};
use crate::transport::sdp::answer::sha256_fingerprint;
use crate::transport::types::IceCredentials;
use rtc_sdp::description::media::MediaDescription;
use rtc_sdp::description::session::SessionDescription;
use std::io::Cursor;

/// Longest outside offer in bytes. Chromium's with one camera and one microphone has 5 kB, one of
/// GStreamer with every candidate of a server 12 kB.
pub const MAX_OUTSIDE_OFFER_LEN: usize = 64 * 1024;
/// Most lines of text.
const MAX_TEXT_LINES: usize = 2048;
/// Longest line of text, in bytes.
const MAX_TEXT_LINE_LEN: usize = 2048;
/// Most m-lines; all but two are rejected anyway.
const MAX_MEDIA_LINES: usize = 16;

/// A checked offer, with what of it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideOffer {
    /// The peer's ICE credentials.
    pub ice: IceCredentials,
    /// SHA-256 of the peer's certificate.
    pub fingerprint: [u8; 32],
    /// Our side of DTLS.
    pub role: OurRole,
    pub(super) wanted: Wanted,
    pub(super) allows_mixed: bool,
    pub(super) lines: Vec<Line>,
}

impl OutsideOffer {
    /// Whether a picture is taken.
    #[must_use]
    pub fn has_video(&self) -> bool {
        self.lines.iter().any(|line| line.kind == "video" && line.accepted.is_some())
    }

    /// Whether a sound is taken.
    #[must_use]
    pub fn has_audio(&self) -> bool {
        self.lines.iter().any(|line| line.kind == "audio" && line.accepted.is_some())
    }
}

/// Parses an offer and decides what of it is taken.
///
/// # Errors
/// [`OfferRefused`].
pub fn parse_outside_offer(text: &str, wanted: Wanted) -> Result<OutsideOffer, OfferRefused> {
    if text.len() > MAX_OUTSIDE_OFFER_LEN
        || text.split('\n').count() > MAX_TEXT_LINES
        || text.split('\n').any(|line| line.len() > MAX_TEXT_LINE_LEN)
    {
        return Err(OfferRefused::TooLarge);
    }
    let session = SessionDescription::unmarshal(&mut Cursor::new(text.as_bytes()))
        .map_err(|_| OfferRefused::Grammar)?;
    if session.media_descriptions.len() > MAX_MEDIA_LINES {
        return Err(OfferRefused::TooLarge);
    }
    let is_lite = session.has_attribute("ice-lite");
    if is_lite {
        // Two lite sides would wait for each other's checks for ever.
        return Err(OfferRefused::BothLite);
    }
    let groups = session.attributes.iter().filter(|it| it.key == "group");
    let bundled: Vec<&str> = groups
        .filter_map(|it| it.value.as_deref()?.strip_prefix("BUNDLE"))
        .next()
        .map(|mids| mids.split_ascii_whitespace().collect())
        .unwrap_or_default();
    let is_alone = session.media_descriptions.len() == 1;
    let mut taken: Vec<Line> = Vec::with_capacity(session.media_descriptions.len());
    let mut transport: Option<Transport> = None;
    for media in &session.media_descriptions {
        let is_bundled = is_alone || lines::value(media, "mid").is_some_and(|mid| bundled.contains(&mid));
        let kind = media.media_name.media.as_str();
        let is_taken = taken.iter().any(|line| line.kind == kind && line.accepted.is_some());
        let line = lines::read(media, wanted, is_bundled, is_taken).ok_or(OfferRefused::Grammar)?;
        let is_known = |other: &Line| line.mid.is_some() && other.mid == line.mid;
        if taken.iter().any(is_known) {
            return Err(OfferRefused::Grammar);
        }
        if line.accepted.is_some() {
            let found = transport_of(&session, media)?;
            // Bundled lines share one transport, so they must not contradict each other.
            if *transport.get_or_insert_with(|| found.clone()) != found {
                return Err(OfferRefused::NotBundled);
            }
        }
        taken.push(line);
    }
    let Transport { ice, fingerprint, role } = transport.ok_or(OfferRefused::NothingUsable)?;
    let allows_mixed = session.has_attribute("extmap-allow-mixed");
    Ok(OutsideOffer { ice, fingerprint, role, wanted, allows_mixed, lines: taken })
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Transport {
    ice: IceCredentials,
    fingerprint: [u8; 32],
    role: OurRole,
}

/// What holds for one line: its own attributes, or the session's.
fn transport_of(session: &SessionDescription, media: &MediaDescription) -> Result<Transport, OfferRefused> {
    let find = |key| lines::value(media, key).or_else(|| session.attribute(key).map(String::as_str));
    let (Some(ufrag), Some(pwd)) = (find("ice-ufrag"), find("ice-pwd")) else {
        return Err(OfferRefused::IceCredentials);
    };
    let ice = IceCredentials { ufrag: ufrag.to_owned(), pwd: pwd.to_owned() };
    if !are_usable(&ice) {
        return Err(OfferRefused::IceCredentials);
    }
    let role = match find("setup") {
        Some("passive") => OurRole::Client,
        Some("actpass" | "active") => OurRole::Server,
        _ => return Err(OfferRefused::SetupRole),
    };
    // Several hashes of one certificate may stand there (RFC 8122 section 5.1); ours is SHA-256.
    let own =
        media.attributes.iter().filter(|it| it.key == "fingerprint").filter_map(|it| it.value.as_deref());
    let common = session.attributes.iter().filter(|it| it.key == "fingerprint");
    let mut all = own.chain(common.filter_map(|it| it.value.as_deref()));
    let fingerprint = all.find_map(sha256_fingerprint).ok_or(OfferRefused::Fingerprint)?;
    Ok(Transport { ice, fingerprint, role })
}

/// Lengths and alphabet of RFC 8839 section 5.4.
pub(in crate::transport) fn are_usable(ice: &IceCredentials) -> bool {
    ice.ufrag.len() >= 4
        && is_ice_text(&ice.ufrag, MAX_UFRAG_LEN)
        && ice.pwd.len() >= 22
        && is_ice_text(&ice.pwd, 256)
}
