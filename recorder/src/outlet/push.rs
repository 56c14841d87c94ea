//! RTMP and SRT: one connection that everything is pushed into.

use super::pipeline::{Pipeline, element};
use super::{Failure, Media, Pipe};
use gst::prelude::*;
use gstreamer as gst;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A connection that takes nothing for so long is given up.
const STANDS: Duration = Duration::from_secs(10);

/// See the module's text.
pub struct Push {
    pipeline: Pipeline,
    passed: Arc<AtomicU64>,
    seen: u64,
    moved: Instant,
}

impl Push {
    /// FLV over RTMP.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn rtmp(url: &str) -> Result<Self, Failure> {
        let (muxer, sink) = (element("flvmux")?, element("rtmp2sink")?);
        muxer.set_property("streamable", true);
        sink.set_property("location", url);
        Self::begin(&muxer, &sink)
    }

    /// MPEG-TS over SRT, calling the other side.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn srt(url: &str) -> Result<Self, Failure> {
        let (muxer, sink) = (element("mpegtsmux")?, element("srtsink")?);
        muxer.set_property("alignment", 7);
        sink.set_property("uri", url);
        Self::begin(&muxer, &sink)
    }

    fn begin(muxer: &gst::Element, sink: &gst::Element) -> Result<Self, Failure> {
        let pipeline = Pipeline::new()?;
        // Times are the pictures' own; nothing is held back for a clock, or for a first picture at the other end.
        sink.set_property("sync", false);
        sink.set_property("async", false);
        // Parameter sets before each key picture, for whoever begins in the middle.
        pipeline.picture.set_property("config-interval", -1);
        pipeline.add(&[muxer, sink])?;
        for stream in [&pipeline.picture, &pipeline.sound] {
            gst::Element::link_many([stream, muxer])?;
        }
        gst::Element::link_many([muxer, sink])?;
        let passed = Arc::new(AtomicU64::new(0));
        let counted = passed.clone();
        let pad = sink.static_pad("sink").ok_or(Failure::Output)?;
        let kinds = gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST;
        pad.add_probe(kinds, move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            gst::PadProbeReturn::Ok
        });
        pipeline.start()?;
        Ok(Self { pipeline, passed, seen: 0, moved: Instant::now() })
    }
}

impl Pipe for Push {
    fn push(&mut self, at_us: u64, media: &Media) -> Result<(), Failure> {
        self.pipeline.push(at_us, media)
    }

    fn look(&mut self) -> Result<(), Failure> {
        let passed = self.passed.load(Ordering::Relaxed);
        if passed != self.seen {
            (self.seen, self.moved) = (passed, Instant::now());
        } else if self.moved.elapsed() > STANDS {
            return Err(Failure::Stands(STANDS));
        }
        self.pipeline.look()
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.pipeline.end()
    }

    fn is_running(&self) -> bool {
        // The first ones are taken before anybody answers.
        self.seen > 50
    }

    fn segments(&mut self) -> u32 {
        0
    }
}
