//! A pipeline of GStreamer with a picture and a sound to be pushed into: what every way out begins with.
//!
//! Made by `hls` and `push`, which add what comes behind. Never encodes pictures.

use super::{Failure, Media};
use crate::intake::{CHANNELS, SAMPLE_RATE};
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app::{AppSrc, AppStreamType};
use std::time::Duration;

/// Waits no longer for the end than this.
const ENDS_WITHIN: Duration = Duration::from_secs(2);
/// As much waits at most before a pipeline counts as standing still.
const WAITING_US: u64 = 8_000_000;
/// Rate of AAC for two channels of speech.
const AAC_BPS: i32 = 96_000;

/// See the module's text.
pub struct Pipeline {
    pipeline: gst::Pipeline,
    bus: gst::Bus,
    video: AppSrc,
    audio: AppSrc,
    /// The two streams as they leave: H.264 and AAC, each whole pictures and frames.
    pub picture: gst::Element,
    pub sound: gst::Element,
}

/// Makes an element.
pub fn element(name: &str) -> Result<gst::Element, gst::glib::BoolError> {
    gst::ElementFactory::make(name).build()
}

fn source(caps: &gst::Caps) -> AppSrc {
    let source = AppSrc::builder().caps(caps).format(gst::Format::Time).stream_type(AppStreamType::Stream);
    // Held to a time instead, see `look`.
    source.is_live(false).max_bytes(0).build()
}

impl Pipeline {
    pub fn new() -> Result<Self, Failure> {
        let pipeline = gst::Pipeline::new();
        let video = source(
            &gst::Caps::builder("video/x-h264")
                .field("stream-format", "byte-stream")
                .field("alignment", "au")
                .build(),
        );
        let audio = source(
            &gst::Caps::builder("audio/x-raw")
                .field("format", "S16LE")
                .field("layout", "interleaved")
                .field("rate", SAMPLE_RATE as i32)
                .field("channels", CHANNELS as i32)
                // Left and right.
                .field("channel-mask", gst::Bitmask::new(0b11))
                .build(),
        );
        let picture = element("h264parse")?;
        let encoder = element("voaacenc")?;
        encoder.set_property("bitrate", AAC_BPS);
        let sound = element("aacparse")?;
        let all = [video.upcast_ref(), &picture, audio.upcast_ref(), &encoder, &sound];
        pipeline.add_many(all)?;
        gst::Element::link_many([video.upcast_ref(), &picture])?;
        gst::Element::link_many([audio.upcast_ref(), &encoder, &sound])?;
        let bus = pipeline.bus().ok_or(Failure::Output)?;
        Ok(Self { pipeline, bus, video, audio, picture, sound })
    }

    pub fn add(&self, elements: &[&gst::Element]) -> Result<(), Failure> {
        Ok(self.pipeline.add_many(elements)?)
    }

    pub fn start(&self) -> Result<(), Failure> {
        self.pipeline.set_state(gst::State::Playing)?;
        Ok(())
    }

    /// Takes one more without waiting.
    pub fn push(&self, at_us: u64, media: &Media) -> Result<(), Failure> {
        let (source, bytes) = match media {
            Media::Picture(picture) => (&self.video, picture.bytes.to_vec()),
            Media::Sound { samples, .. } => {
                (&self.audio, samples.iter().flat_map(|it| it.to_le_bytes()).collect())
            }
        };
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        if let Some(buffer) = buffer.get_mut() {
            let at = gst::ClockTime::from_useconds(at_us);
            buffer.set_pts(at);
            match media {
                Media::Picture(picture) => {
                    // No picture is shown before another that came earlier.
                    buffer.set_dts(at);
                    if !picture.is_key {
                        buffer.set_flags(gst::BufferFlags::DELTA_UNIT);
                    }
                }
                Media::Sound { .. } => buffer.set_duration(gst::ClockTime::from_mseconds(20)),
            }
        }
        source.push_buffer(buffer).map(drop).map_err(|flow| {
            self.said().err().unwrap_or_else(|| Failure::Said {
                element: source.name().to_string(),
                text: format!("{flow:?}"),
            })
        })
    }

    /// What the pipeline says.
    pub fn said(&self) -> Result<(), Failure> {
        while let Some(message) = self.bus.pop() {
            if let gst::MessageView::Error(error) = message.view() {
                let element = error.src().map_or_else(String::new, |it| it.name().to_string());
                return Err(Failure::Said { element, text: error.error().to_string() });
            }
        }
        Ok(())
    }

    /// What the pipeline says, and whether it goes on.
    pub fn look(&self) -> Result<(), Failure> {
        self.said()?;
        // Nanoseconds.
        let waits = |source: &AppSrc| source.property::<u64>("current-level-time") / 1_000;
        let waiting = waits(&self.video).max(waits(&self.audio));
        if waiting > WAITING_US {
            return Err(Failure::Stands(Duration::from_micros(waiting)));
        }
        Ok(())
    }

    /// Size of the picture, once known.
    pub fn size(&self) -> Option<(i32, i32)> {
        let caps = self.picture.static_pad("src")?.current_caps()?;
        let caps = caps.structure(0)?;
        Some((caps.get("width").ok()?, caps.get("height").ok()?))
    }

    /// Says that nothing more comes, and waits for what is under way.
    pub fn end(&self) -> Result<(), Failure> {
        for source in [&self.video, &self.audio] {
            // One that has failed has ended.
            let _ = source.end_of_stream();
        }
        let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
        let within = gst::ClockTime::from_mseconds(ENDS_WITHIN.as_millis() as u64);
        match self.bus.timed_pop_filtered(within, &wanted) {
            Some(message) if message.type_() == gst::MessageType::Eos => Ok(()),
            _ => Err(Failure::Stands(ENDS_WITHIN)),
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // It may wait for a network, on the thread of its outlet.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}
