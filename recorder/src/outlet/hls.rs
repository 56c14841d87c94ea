//! CMAF: one muxer for each track, whose fragments become the segments of a folder.

use super::pipeline::{Pipeline, element};
use super::{Failure, Media, Pipe};
use crate::hls::{Folder, Segment, Track};
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app::AppSink;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Shortest segment: key pictures come every two seconds or so, and each begins one.
const SHORTEST: gst::ClockTime = gst::ClockTime::from_mseconds(1_500);
/// Sound needs no key pictures; as long as those of the picture.
const SOUND: gst::ClockTime = gst::ClockTime::from_mseconds(2_000);
/// No segment for so long: the pipeline stands still.
const STANDS: Duration = Duration::from_secs(15);

/// See the module's text.
pub struct Hls {
    pipeline: Pipeline,
    folder: Folder,
    tracks: [Cut; 2],
    codec: String,
    began_ms: i64,
    moved: Instant,
    segments: u32,
    has_master: bool,
}

/// One track on its way to files.
struct Cut {
    track: Track,
    sink: AppSink,
    /// What names of this pipeline begin with.
    stem: String,
    number: u32,
    /// The next segment follows nothing.
    is_break: bool,
    peak_bps: u64,
}

/// RFC 6381's name: profile, constraints and level of the sequence parameter set.
fn codec(sets: &[u8]) -> Result<String, Failure> {
    let [_, profile, constraints, level, ..] = sets else { return Err(Failure::Output) };
    Ok(format!("avc1.{profile:02x}{constraints:02x}{level:02x}"))
}

impl Hls {
    /// `began_us` is the time of the first picture, since 1970.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn begin(path: PathBuf, began_us: u64, sets: &[u8]) -> Result<Self, Failure> {
        let folder = Folder::open(path)?;
        let pipeline = Pipeline::new()?;
        let is_break = folder.has_segments();
        let cut = |track: Track, stream: &gst::Element, duration: gst::ClockTime| {
            let muxer = element("cmafmux")?;
            muxer.set_property("fragment-duration", duration);
            muxer.set_property("send-force-keyunit", false);
            let sink =
                AppSink::builder().sync(false).async_(false).buffer_list(true).wait_on_eos(false).build();
            pipeline.add(&[&muxer, sink.upcast_ref()])?;
            gst::Element::link_many([stream, &muxer, sink.upcast_ref()])?;
            let stem = format!("{}{}", track.prefix(), began_us / 1_000);
            Ok::<_, Failure>(Cut { track, sink, stem, number: 0, is_break, peak_bps: 0 })
        };
        let tracks =
            [cut(Track::Video, &pipeline.picture, SHORTEST)?, cut(Track::Audio, &pipeline.sound, SOUND)?];
        pipeline.start()?;
        Ok(Self {
            pipeline,
            folder,
            tracks,
            codec: codec(sets)?,
            began_ms: (began_us / 1_000) as i64,
            moved: Instant::now(),
            segments: 0,
            has_master: false,
        })
    }

    fn take(&mut self) -> Result<(), Failure> {
        for cut in &mut self.tracks {
            while let Some(sample) = cut.sink.try_pull_sample(gst::ClockTime::ZERO) {
                if cut.write(&sample, &mut self.folder, self.began_ms)? {
                    self.segments += 1;
                    self.moved = Instant::now();
                }
            }
        }
        if !self.has_master && self.tracks.iter().all(|cut| cut.number > 0) {
            let peak: u64 = self.tracks.iter().map(|cut| cut.peak_bps).sum();
            self.folder.put_master(&self.codec, self.pipeline.size(), peak)?;
            self.has_master = true;
        }
        Ok(())
    }
}

impl Cut {
    /// Writes what the muxer made; whether it was a segment.
    fn write(&mut self, sample: &gst::Sample, folder: &mut Folder, began_ms: i64) -> Result<bool, Failure> {
        let list = sample.buffer_list().ok_or(Failure::Output)?;
        let init = format!("{}.mp4", self.stem);
        let (mut bytes, mut first) = (Vec::new(), None);
        for buffer in list {
            let map = buffer.map_readable().map_err(|_| Failure::Output)?;
            if buffer.flags().contains(gst::BufferFlags::DISCONT | gst::BufferFlags::HEADER) {
                folder.put_init(&init, &map)?;
                continue;
            }
            if first.is_none() {
                first = buffer.pts().zip(buffer.duration());
            }
            bytes.extend_from_slice(&map);
        }
        if bytes.is_empty() {
            return Ok(false);
        }
        let (at, duration) = first.ok_or(Failure::Output)?;
        let at = sample
            .segment()
            .and_then(|it| it.downcast_ref::<gst::ClockTime>())
            .and_then(|it| it.to_running_time(at))
            .unwrap_or(at);
        self.peak_bps = self.peak_bps.max(bytes.len() as u64 * 8_000_000 / duration.useconds().max(1));
        let segment = Segment {
            name: format!("{}-{}.m4s", self.stem, self.number),
            init,
            duration_us: duration.useconds(),
            began_ms: began_ms + at.mseconds() as i64,
            is_break: std::mem::take(&mut self.is_break),
        };
        folder.put_segment(self.track, segment, &bytes)?;
        self.number += 1;
        Ok(true)
    }
}

impl Pipe for Hls {
    fn push(&mut self, at_us: u64, media: &Media) -> Result<(), Failure> {
        self.pipeline.push(at_us, media)
    }

    fn look(&mut self) -> Result<(), Failure> {
        self.pipeline.look()?;
        self.take()?;
        if self.moved.elapsed() > STANDS { Err(Failure::Stands(STANDS)) } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), Failure> {
        let ended = self.pipeline.end();
        self.take()?;
        self.folder.end()?;
        ended
    }

    fn is_running(&self) -> bool {
        self.has_master
    }

    fn segments(&mut self) -> u32 {
        std::mem::take(&mut self.segments)
    }
}
