//! Which segments players can fetch now, and how playlists name them. Pure.
//!
//! Kept on disk beside the playlists, so that the process after one that was killed goes on where that one was.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fmt::Write as _;

/// Segments that a playlist names: 20 s of them, as long as somebody may halt.
const NAMED: usize = 10;
/// Segments that stay behind them for players that are slow (RFC 8216 section 6.2.2).
const KEPT: usize = 6;
/// No segment is longer: key pictures come every two seconds, later ones than that are of a machine that cannot.
pub const TARGET_S: u32 = 4;

/// Picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    Video,
    Audio,
}

impl Track {
    pub const ALL: [Self; 2] = [Self::Video, Self::Audio];

    pub const fn playlist(self) -> &'static str {
        match self {
            Self::Video => "video.m3u8",
            Self::Audio => "audio.m3u8",
        }
    }

    /// What the names of its files begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Video => "v",
            Self::Audio => "a",
        }
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub name: String,
    /// The file that goes before it.
    pub init: String,
    pub duration_us: u64,
    /// When it began, ms since 1970.
    pub began_ms: i64,
    /// Players must not join it to the one before it.
    pub is_break: bool,
}

/// The segments of one track.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    segments: VecDeque<Segment>,
    /// How many of `segments` are no longer named.
    unnamed: usize,
    /// Number of the first one that is named.
    sequence: u64,
    /// Breaks before the first one that is named.
    breaks: u64,
}

impl Window {
    /// Adds the newest one; files that nobody needs any more.
    pub fn push(&mut self, segment: Segment) -> Vec<String> {
        self.segments.push_back(segment);
        while self.segments.len() - self.unnamed > NAMED {
            self.breaks += u64::from(self.segments[self.unnamed].is_break);
            self.sequence += 1;
            self.unnamed += 1;
        }
        let mut gone = Vec::new();
        while self.unnamed > KEPT {
            self.unnamed -= 1;
            let Some(old) = self.segments.pop_front() else { break };
            gone.push(old.name);
            if self.segments.iter().all(|it| it.init != old.init) {
                gone.push(old.init);
            }
        }
        gone
    }

    /// The playlist of the track.
    pub fn playlist(&self, has_ended: bool) -> String {
        let mut text = format!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:{TARGET_S}\n\
             #EXT-X-MEDIA-SEQUENCE:{}\n#EXT-X-DISCONTINUITY-SEQUENCE:{}\n",
            self.sequence, self.breaks
        );
        let mut init = "";
        for segment in self.segments.iter().skip(self.unnamed) {
            if segment.is_break {
                text.push_str("#EXT-X-DISCONTINUITY\n");
            }
            if segment.init != init {
                init = &segment.init;
                let _ = writeln!(text, "#EXT-X-MAP:URI=\"{init}\"");
            }
            if let Ok(began) = jiff::Timestamp::from_millisecond(segment.began_ms) {
                let _ = writeln!(text, "#EXT-X-PROGRAM-DATE-TIME:{began:.3}");
            }
            let seconds = segment.duration_us as f64 / 1e6;
            let _ = writeln!(text, "#EXTINF:{seconds:.5},\n{}", segment.name);
        }
        if has_ended {
            text.push_str("#EXT-X-ENDLIST\n");
        }
        text
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }
}

/// Both tracks, as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracks {
    pub video: Window,
    pub audio: Window,
}

impl Tracks {
    pub const fn of(&mut self, track: Track) -> &mut Window {
        match track {
            Track::Video => &mut self.video,
            Track::Audio => &mut self.audio,
        }
    }
}

/// The playlist of the two playlists. `codec` is RFC 6381's name of the picture's.
pub fn master(codec: &str, size: Option<(i32, i32)>, bandwidth_bps: u64) -> String {
    let size = size.map_or_else(String::new, |(width, height)| format!(",RESOLUTION={width}x{height}"));
    format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"{}\"\n\
         #EXT-X-STREAM-INF:BANDWIDTH={bandwidth_bps},CODECS=\"{codec},mp4a.40.2\"{size},AUDIO=\"sound\"\n{}\n",
        Track::Audio.playlist(),
        Track::Video.playlist()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(number: u64, init: &str, is_break: bool) -> Segment {
        Segment {
            name: format!("v-{number}.m4s"),
            init: init.to_owned(),
            duration_us: 2_000_000,
            began_ms: 1_764_000_000_000 + number as i64 * 2_000,
            is_break,
        }
    }

    #[test]
    fn window_slides_and_old_files_go_a_while_after_their_names() {
        let mut window = Window::default();
        let gone: Vec<Vec<String>> = (0..30)
            .map(|n| window.push(segment(n, if n < 5 { "v-a.mp4" } else { "v-b.mp4" }, n == 5)))
            .collect();
        assert!(gone[..16].iter().all(Vec::is_empty));
        assert_eq!(gone[16], ["v-0.m4s"]);
        assert_eq!(gone[20], ["v-4.m4s", "v-a.mp4"], "the last one of its kind takes its beginning along");
        let playlist = window.playlist(false);
        assert!(
            playlist.contains("#EXT-X-MEDIA-SEQUENCE:20\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"),
            "{playlist}"
        );
        assert_eq!(playlist.matches("#EXTINF:2.00000,\n").count(), NAMED);
        assert_eq!(playlist.matches("#EXT-X-MAP").count(), 1);
        assert!(!playlist.contains("#EXT-X-DISCONTINUITY\n"));
        assert!(window.playlist(true).ends_with("v-29.m4s\n#EXT-X-ENDLIST\n"));
    }

    #[test]
    fn break_is_told_before_what_comes_after_it() {
        let mut window = Window::default();
        window.push(segment(0, "v-a.mp4", false));
        window.push(segment(1, "v-b.mp4", true));
        let playlist = window.playlist(false);
        let after = playlist.split("#EXT-X-DISCONTINUITY\n").nth(1).expect("a break");
        assert!(after.starts_with(
            "#EXT-X-MAP:URI=\"v-b.mp4\"\n#EXT-X-PROGRAM-DATE-TIME:2025-11-24T16:00:02.000Z\n#EXTINF:2.00000,\nv-1.m4s"
        ), "{after}");
    }
}
