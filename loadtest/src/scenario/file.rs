//! Reads a scenario from TOML: every key and value that is not understood is named with its line and what is
//! allowed there.
//!
//! Called by the program with a file of the user's. Takes any bytes at all; never reads another file.

use super::{Bound, Event, Group, Happening, Hope, Line, Script, Sends};
use crate::client::{Codec, Profile, Quality};
use crate::peer::Wish;
use crate::report::figure;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

/// Longest file.
pub const MAX_BYTES: usize = 256 << 10;
/// Most clients of a run, and entries of a list.
const MAX_CLIENTS: usize = 5_000;
const MAX_ENTRIES: usize = 100;
/// Longest run in seconds.
const MAX_S: f64 = 86_400.0;
/// The link without a fault.
const GOOD: &str = "good";

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {said}", line = line.map_or_else(|| "the file".to_owned(), |it| format!("line {it}")))]
pub struct Wrong {
    pub line: Option<usize>,
    pub said: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    seconds: Spanned<f64>,
    #[serde(default)]
    profile: WrittenProfile,
    #[serde(default)]
    codec: WrittenCodec,
    #[serde(default = "one")]
    seed: u32,
    #[serde(default)]
    link: BTreeMap<String, WrittenLine>,
    #[serde(default)]
    group: Vec<Spanned<WrittenGroup>>,
    #[serde(default)]
    event: Vec<Spanned<WrittenEvent>>,
    #[serde(default)]
    figure: Vec<Spanned<WrittenFigure>>,
}

const fn one() -> u32 {
    1
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenProfile {
    #[default]
    Bursts,
    Spaced,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenCodec {
    #[default]
    Vp8,
    H264,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenLine {
    down: WrittenQuality,
    up: WrittenQuality,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenQuality {
    loss_percent: Option<Spanned<f64>>,
    delay_ms: Option<Spanned<f64>>,
    jitter_ms: Option<Spanned<f64>>,
    reorder_percent: Option<Spanned<f64>>,
    reorder_ms: Option<Spanned<f64>>,
    rate_kbps: Option<Spanned<f64>>,
    queue_ms: Option<Spanned<f64>>,
    cut: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    name: String,
    count: Count,
    #[serde(default)]
    sends: WrittenSends,
    watches: Option<WrittenWish>,
    at_s: Option<f64>,
    within_s: Option<f64>,
    link: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or a list of numbers with one run for each")]
enum Count {
    One(u32),
    Each(Vec<u32>),
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenSends {
    #[default]
    Nothing,
    Full,
    Simulcast,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWish {
    stage: u16,
    #[serde(default)]
    thumbnails: u8,
    #[serde(default = "thumbnail")]
    thumbnail: u16,
    #[serde(default)]
    rotate: bool,
}

const fn thumbnail() -> u16 {
    180
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEvent {
    at_s: f64,
    group: String,
    link: Option<String>,
    #[serde(default)]
    speaks: bool,
    #[serde(default)]
    leaves: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFigure {
    name: String,
    most: Option<f64>,
    least: Option<f64>,
    peer: Option<String>,
    times_less: Option<f64>,
}

/// Where in the text something stands.
struct Place<'a>(&'a str);

impl Place<'_> {
    fn wrong(&self, span: Range<usize>, said: String) -> Wrong {
        let before = self.0.get(..span.start.min(self.0.len())).unwrap_or_default();
        Wrong { line: Some(before.matches('\n').count() + 1), said }
    }

    fn within(&self, value: f64, span: Range<usize>, key: &str, range: Range<f64>) -> Result<f64, Wrong> {
        // NaN is in no range.
        if value >= range.start && value <= range.end {
            return Ok(value);
        }
        Err(self.wrong(span, format!("{key} is {value}; allowed is {} to {}", range.start, range.end)))
    }

    fn number(
        &self,
        value: &Option<Spanned<f64>>,
        key: &str,
        range: Range<f64>,
    ) -> Result<Option<f64>, Wrong> {
        let Some(value) = value else { return Ok(None) };
        self.within(*value.get_ref(), value.span(), key, range).map(Some)
    }

    fn quality(&self, written: &WrittenQuality) -> Result<Quality, Wrong> {
        let share = |it: Option<f64>| it.unwrap_or(0.0) / 100.0;
        let time = |it: Option<f64>, other: f64| Duration::from_secs_f64(it.unwrap_or(other) / 1_000.0);
        Ok(Quality {
            loss: share(self.number(&written.loss_percent, "loss_percent", 0.0..100.0)?),
            delay: time(self.number(&written.delay_ms, "delay_ms", 0.0..10_000.0)?, 0.0),
            jitter: time(self.number(&written.jitter_ms, "jitter_ms", 0.0..10_000.0)?, 0.0),
            reordered: share(self.number(&written.reorder_percent, "reorder_percent", 0.0..100.0)?),
            held_back: time(self.number(&written.reorder_ms, "reorder_ms", 0.0..10_000.0)?, 20.0),
            rate_bps: self.number(&written.rate_kbps, "rate_kbps", 1.0..1e7)?.map(|it| (it * 1_000.0) as u64),
            queue: time(self.number(&written.queue_ms, "queue_ms", 0.0..10_000.0)?, 300.0),
            is_cut: written.cut,
        })
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Reads a scenario; `name` is how the result calls it.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn read(name: &str, text: &str) -> Result<Script, Wrong> {
    if text.len() > MAX_BYTES {
        return Err(Wrong { line: None, said: format!("longer than {MAX_BYTES} bytes") });
    }
    let place = Place(text);
    let written: Written = toml::from_str(text).map_err(|failure| {
        let said = failure.message().trim().replace('\n', ", ");
        failure
            .span()
            .map_or_else(|| Wrong { line: None, said: said.clone() }, |span| place.wrong(span, said.clone()))
    })?;
    let seconds = place.within(*written.seconds.get_ref(), written.seconds.span(), "seconds", 0.1..MAX_S)?;
    let mut lines = BTreeMap::from([(GOOD.to_owned(), Line::default())]);
    for (name, line) in &written.link {
        lines.insert(name.clone(), Line { down: place.quality(&line.down)?, up: place.quality(&line.up)? });
    }
    let line = |name: &str, span: Range<usize>| {
        let known = || listed(lines.keys().map(String::as_str));
        lines
            .get(name)
            .copied()
            .ok_or_else(|| place.wrong(span, format!("no link `{name}`; there are {}", known())))
    };
    let too_many = |what: &str| Wrong { line: None, said: format!("more than {MAX_ENTRIES} {what}") };
    if written.group.len() > MAX_ENTRIES
        || written.event.len() > MAX_ENTRIES
        || written.figure.len() > MAX_ENTRIES
    {
        return Err(too_many("groups, events or figures"));
    }
    let mut groups: Vec<Group> = Vec::new();
    for entry in &written.group {
        let group = self::group(&place, entry, &line)?;
        if groups.iter().any(|it| it.name == group.name) {
            return Err(place.wrong(entry.span(), format!("a second group `{}`", group.name)));
        }
        groups.push(group);
    }
    if !groups.iter().any(|it| it.watches.is_some()) {
        return Err(Wrong {
            line: None,
            said: "no group with `watches`: nobody would receive anything".to_owned(),
        });
    }
    let mut events = Vec::new();
    for entry in &written.event {
        events.push(event(&place, entry, &groups, seconds, &line)?);
    }
    events.sort_by_key(|it| it.at);
    let hopes = written.figure.iter().map(|it| hope(&place, it)).collect::<Result<_, _>>()?;
    let script = Script {
        name: name.to_owned(),
        title: written.title,
        length: Duration::from_secs_f64(seconds),
        profile: match written.profile {
            WrittenProfile::Bursts => Profile::Bursts,
            WrittenProfile::Spaced => Profile::Spaced,
        },
        codec: match written.codec {
            WrittenCodec::Vp8 => Codec::Vp8,
            WrittenCodec::H264 => Codec::H264,
        },
        seed: written.seed.into(),
        groups,
        events,
        hopes,
    };
    match (0..script.cases()).map(|case| script.places(case)).max() {
        Some(most) if most > MAX_CLIENTS => {
            Err(Wrong { line: None, said: format!("{most} clients; allowed are {MAX_CLIENTS}") })
        }
        _ => Ok(script),
    }
}

fn group(
    place: &Place<'_>,
    entry: &Spanned<WrittenGroup>,
    line: &impl Fn(&str, Range<usize>) -> Result<Line, Wrong>,
) -> Result<Group, Wrong> {
    let (written, span) = (entry.get_ref(), entry.span());
    let counts: Vec<usize> = match &written.count {
        Count::One(count) => vec![*count as usize],
        Count::Each(counts) => counts.iter().map(|it| *it as usize).collect(),
    };
    if counts.is_empty()
        || counts.len() > MAX_ENTRIES
        || counts.iter().any(|it| *it == 0 || *it > MAX_CLIENTS)
    {
        return Err(place.wrong(span, format!("count of `{}`; allowed is 1 to {MAX_CLIENTS}", written.name)));
    }
    let time = |value: Option<f64>, key: &str| {
        let checked = value.map(|it| place.within(it, span.clone(), key, 0.0..MAX_S)).transpose()?;
        Ok(checked.map(Duration::from_secs_f64))
    };
    if let Some(wish) = &written.watches {
        let height = |value: u16, key: &str| place.within(f64::from(value), span.clone(), key, 90.0..2_160.0);
        height(wish.stage, "stage")?;
        height(wish.thumbnail, "thumbnail")?;
        place.within(f64::from(wish.thumbnails), span.clone(), "thumbnails", 0.0..27.0)?;
    }
    Ok(Group {
        name: written.name.clone(),
        counts,
        sends: match written.sends {
            WrittenSends::Nothing => Sends::Nothing,
            WrittenSends::Full => Sends::Full,
            WrittenSends::Simulcast => Sends::Simulcast,
        },
        watches: written.watches.as_ref().map(|it| Wish {
            stage_px: it.stage,
            thumbnails: it.thumbnails.into(),
            thumbnail_px: it.thumbnail,
            rotates: it.rotate,
        }),
        at: time(written.at_s, "at_s")?,
        within: time(written.within_s, "within_s")?,
        line: written.link.as_deref().map(|it| line(it, span.clone())).transpose()?,
    })
}

fn event(
    place: &Place<'_>,
    entry: &Spanned<WrittenEvent>,
    groups: &[Group],
    seconds: f64,
    line: &impl Fn(&str, Range<usize>) -> Result<Line, Wrong>,
) -> Result<Event, Wrong> {
    let (written, span) = (entry.get_ref(), entry.span());
    let at = Duration::from_secs_f64(place.within(written.at_s, span.clone(), "at_s", 0.0..seconds)?);
    let group = groups.iter().position(|it| it.name == written.group).ok_or_else(|| {
        let known = listed(groups.iter().map(|it| it.name.as_str()));
        place.wrong(span.clone(), format!("no group `{}`; there are {known}", written.group))
    })?;
    let what = match (&written.link, written.speaks, written.leaves) {
        (Some(name), false, false) => Happening::Link { group, line: Box::new(line(name, span)?) },
        (None, true, false) if groups[group].sends == Sends::Nothing => {
            return Err(place.wrong(span, format!("`{}` sends nothing and cannot speak", written.group)));
        }
        (None, true, false) => Happening::Speaks { group },
        (None, false, true) => Happening::Leaves { group },
        _ => {
            let said = "an event is one of `link = \"NAME\"`, `speaks = true`, `leaves = true`".to_owned();
            return Err(place.wrong(span, said));
        }
    };
    Ok(Event { at, what })
}

fn hope(place: &Place<'_>, entry: &Spanned<WrittenFigure>) -> Result<Hope, Wrong> {
    let (written, span) = (entry.get_ref(), entry.span());
    if !figure::NAMES.iter().any(|(name, _)| *name == written.name) {
        let known = listed(figure::NAMES.iter().map(|(name, _)| *name));
        return Err(place.wrong(span, format!("no figure `{}`; there are {known}", written.name)));
    }
    let bound = match (written.most, written.least, &written.peer, written.times_less) {
        (Some(most), None, None, None) => Bound::Most(most),
        (None, Some(least), None, None) => Bound::Least(least),
        (None, None, Some(peer), Some(times)) => Bound::TimesLess { peer: peer.clone(), times },
        _ => {
            let said = "a figure has one of `most`, `least`, or `peer` with `times_less`".to_owned();
            return Err(place.wrong(span, said));
        }
    };
    Ok(Hope { figure: written.name.clone(), bound })
}

#[cfg(test)]
mod tests;
