//! Which of an offered line's formats we take: VP8, H.264 in packetization mode 1, Opus.
//!
//! Called by `lines`. Pure choice over text; the offerer's order decides where we have no preference.

use super::{Format, Wanted};
use crate::packet::negotiated::{PT_H264, PT_OPUS, PT_VP8};
use rtc_sdp::description::media::MediaDescription;

/// Formats of one line that are looked at; browsers offer about twenty-five.
const MAX_FORMATS: usize = 64;
/// Feedback that we give and take.
const FEEDBACK: [&str; 4] = ["ccm fir", "nack", "nack pli", "transport-cc"];
const H264_PARAMETERS: &str = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=";

struct Offered<'a> {
    number: u8,
    name: String,
    rtpmap: &'a str,
    fmtp: Option<&'a str>,
}

/// The formats to answer with, best first; empty when none is ours. Of a publisher one codec is taken,
/// a viewer gets whatever the meeting sends.
pub(super) fn choose(media: &MediaDescription, wanted: Wanted) -> Vec<Format> {
    let offered = offered(media);
    if media.media_name.media == "audio" {
        let opus = offered.iter().find(|format| format.name == "opus/48000/2");
        return opus
            .map(|it| format(media, &offered, it, PT_OPUS, opus_parameters(it.fmtp)))
            .into_iter()
            .collect();
    }
    let vp8 = offered.iter().find(|format| format.name == "vp8/90000");
    let h264 = best_h264(&offered);
    let place = |it: &&Offered<'_>| offered.iter().position(|other| other.number == it.number);
    let mut chosen = Vec::new();
    if let Some(it) = vp8 {
        chosen.push((place(&it), format(media, &offered, it, PT_VP8, None)));
    }
    if let Some(it) = h264 {
        let profile = parameter(it.fmtp, "profile-level-id").unwrap_or("42e01f");
        let text = format!("{H264_PARAMETERS}{profile}");
        chosen.push((place(&it), format(media, &offered, it, PT_H264, Some(text))));
    }
    chosen.sort_by_key(|(place, _)| *place);
    let most = if wanted == Wanted::Publish { 1 } else { chosen.len() };
    chosen.into_iter().take(most).map(|(_, format)| format).collect()
}

fn offered(media: &MediaDescription) -> Vec<Offered<'_>> {
    let values = |key: &'static str, number: u8| {
        media.attributes.iter().filter(move |it| it.key == key).find_map(move |it| {
            let (of, rest) = it.value.as_deref()?.split_once(' ')?;
            (of.parse() == Ok(number)).then_some(rest.trim())
        })
    };
    let numbers = media.media_name.formats.iter().take(MAX_FORMATS).filter_map(|text| text.parse().ok());
    numbers
        .filter(|number: &u8| *number < 128)
        .filter_map(|number| {
            let rtpmap = values("rtpmap", number)?;
            Some(Offered { number, name: rtpmap.to_ascii_lowercase(), rtpmap, fmtp: values("fmtp", number) })
        })
        .collect()
}

/// Constrained or plain baseline before anything else: every browser of a meeting decodes it.
fn best_h264<'a, 'b>(offered: &'b [Offered<'a>]) -> Option<&'b Offered<'a>> {
    let rank = |it: &&Offered<'_>| {
        let profile = parameter(it.fmtp, "profile-level-id").unwrap_or("42");
        match profile.get(..4).unwrap_or(profile).to_ascii_lowercase().as_str() {
            "42e0" => 0,
            other if other.starts_with("42") => 1,
            _ => 2,
        }
    };
    let fits =
        |it: &&Offered<'_>| it.name == "h264/90000" && parameter(it.fmtp, "packetization-mode") == Some("1");
    offered.iter().filter(fits).min_by_key(rank)
}

fn parameter<'a>(fmtp: Option<&'a str>, name: &str) -> Option<&'a str> {
    let mut parameters = fmtp?.split(';').filter_map(|it| it.trim().split_once('='));
    parameters.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn opus_parameters(offered: Option<&str>) -> Option<String> {
    let stereo = parameter(offered, "stereo") == Some("1") || parameter(offered, "sprop-stereo") == Some("1");
    let more = if stereo { ";stereo=1;sprop-stereo=1" } else { "" };
    Some(format!("minptime=10;useinbandfec=1{more}"))
}

fn format(
    media: &MediaDescription,
    offered: &[Offered<'_>],
    it: &Offered<'_>,
    ours: u8,
    fmtp: Option<String>,
) -> Format {
    let repairs = |other: &&Offered<'_>| {
        other.name == "rtx/90000"
            && parameter(other.fmtp, "apt").is_some_and(|apt| apt.parse() == Ok(it.number))
    };
    let says = |feedback: &str| {
        media.attributes.iter().filter(|attribute| attribute.key == "rtcp-fb").any(|attribute| {
            attribute.value.as_deref().and_then(|value| value.split_once(' ')).is_some_and(|(of, what)| {
                (of == "*" || of.parse() == Ok(it.number)) && what.trim() == feedback
            })
        })
    };
    Format {
        theirs: it.number,
        ours,
        rtx: offered.iter().find(repairs).map(|other| other.number),
        rtpmap: it.rtpmap.to_owned(),
        fmtp,
        feedback: FEEDBACK.into_iter().filter(|feedback| says(feedback)).map(str::to_owned).collect(),
    }
}
