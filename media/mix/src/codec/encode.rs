//! Encodes with the libraries behind FFmpeg: x264 and libvpx.
//!
//! Made by `codec::encoder`. One picture in, one unit out, on the caller's thread. Rates change while it
//! runs where the library can; else the encoder is made anew and begins with a key picture.

use super::{
    Bitrate, Effort, Encode, EncoderKind, EncoderWish, KEY_EVERY_S, TICKS_PER_SECOND, Unit, code, hush, ticks,
};
use crate::error::Failure;
use crate::picture::Picture;
use ffmpeg_next as ff;
use std::time::Duration;

pub(super) struct Encoder {
    wish: EncoderWish,
    codec: ff::encoder::Video,
    /// Clock of the last picture.
    last: Option<i64>,
}

impl Encoder {
    pub fn open(wish: EncoderWish) -> Result<Self, Failure> {
        Ok(Self { wish, codec: opened(wish)?, last: None })
    }

    fn reopen(&mut self, wish: EncoderWish) -> Result<(), Failure> {
        self.codec = opened(wish)?;
        self.wish = wish;
        Ok(())
    }
}

const fn name(kind: EncoderKind) -> &'static str {
    match kind {
        EncoderKind::Vp8 => "libvpx",
        EncoderKind::X264 | EncoderKind::OpenH264 => "libx264",
    }
}

fn opened(wish: EncoderWish) -> Result<ff::encoder::Video, Failure> {
    hush();
    let name = name(wish.kind);
    let found = ff::encoder::find_by_name(name).ok_or(Failure::CodecAbsent { codec: name })?;
    let refused = |failure| Failure::CodecRefused { codec: name, code: code(failure) };
    let mut video = ff::codec::context::Context::new_with_codec(found).encoder().video().map_err(refused)?;
    video.set_width(wish.size.width);
    video.set_height(wish.size.height);
    video.set_format(ff::format::Pixel::YUV420P);
    video.set_time_base((1, TICKS_PER_SECOND as i32));
    video.set_frame_rate(Some((wish.pictures_per_second as i32, 1)));
    video.set_gop(wish.pictures_per_second * KEY_EVERY_S);
    video.set_max_b_frames(0);
    // SAFETY: the context lives, is ours alone and not opened yet; these are plain fields of it.
    unsafe {
        let raw = video.as_mut_ptr();
        (*raw).thread_count = 1;
        (*raw).thread_type = 0;
        set_rate(raw, wish.rate);
    }
    let mut options = ff::Dictionary::new();
    match wish.kind {
        EncoderKind::X264 | EncoderKind::OpenH264 => {
            options.set("preset", if wish.effort == Effort::Usual { "superfast" } else { "ultrafast" });
            options.set("tune", "zerolatency");
            // x264 marks it as constrained: hardware rooms take no other.
            options.set("profile", "baseline");
            // What is asked for is a picture at which a decoder can begin.
            options.set("forced-idr", "1");
            // A change of layout is no reason for a picture ten times as large that nobody asked for.
            options.set("sc_threshold", "0");
        }
        EncoderKind::Vp8 => {
            options.set("deadline", "realtime");
            // 12 costs a third less than 8 at the same rate (measured 2026-11-22), 16 half as much as 12.
            options.set("cpu-used", if wish.effort == Effort::Usual { "12" } else { "16" });
            options.set("lag-in-frames", "0");
            options.set("auto-alt-ref", "0");
            // libvpx keeps the rate only where it has a lower bound too.
            options.set("minrate", &wish.rate.0.to_string());
        }
    }
    video.open_as_with(found, options).map_err(refused)
}

/// # Safety
/// `raw` must point to a context that lives and that nobody else uses meanwhile.
unsafe fn set_rate(raw: *mut ff::ffi::AVCodecContext, rate: Bitrate) {
    let bits = rate.0.min(i32::MAX as u32);
    // SAFETY: as promised by the caller; plain fields.
    unsafe {
        (*raw).bit_rate = i64::from(bits);
        // With a buffer of one second x264 takes new rates while it runs; without any it ignores them.
        (*raw).rc_max_rate = i64::from(bits);
        (*raw).rc_buffer_size = bits as i32;
    }
}

impl Encode for Encoder {
    fn encode(
        &mut self,
        picture: &Picture,
        at: Duration,
        is_key_wanted: bool,
    ) -> Result<Option<Unit>, Failure> {
        if picture.size() != self.wish.size {
            return Err(Failure::OtherSize { wanted: self.wish.size, given: picture.size() });
        }
        let failed = |failure| Failure::EncodeFailed { codec: name(self.wish.kind), code: code(failure) };
        let at = self.last.map_or(ticks(at), |last| ticks(at).max(last + 1));
        self.last = Some(at);
        // Another look at the same pixels, which the encoder may hold on to; nothing is copied.
        let mut frame = picture.shared();
        frame.set_pts(Some(at));
        frame.set_kind(if is_key_wanted { ff::picture::Type::I } else { ff::picture::Type::None });
        self.codec.send_frame(&frame).map_err(failed)?;
        let mut packet = ff::Packet::empty();
        match self.codec.receive_packet(&mut packet) {
            Ok(()) => Ok(packet.data().map(|bytes| Unit { bytes: bytes.to_vec(), is_key: packet.is_key() })),
            Err(ff::Error::Other { errno: ff::ffi::EAGAIN }) => Ok(None),
            Err(failure) => Err(failed(failure)),
        }
    }

    fn set_rate(&mut self, rate: Bitrate) -> Result<(), Failure> {
        if rate == self.wish.rate {
            return Ok(());
        }
        let wish = EncoderWish { rate, ..self.wish };
        if wish.kind == EncoderKind::Vp8 {
            return self.reopen(wish);
        }
        // SAFETY: the context lives as long as `self`, which is borrowed alone; FFmpeg looks at these
        // fields before each picture and hands changes to x264.
        unsafe { set_rate(self.codec.as_mut_ptr(), rate) };
        self.wish = wish;
        Ok(())
    }

    fn set_effort(&mut self, effort: Effort) -> Result<(), Failure> {
        if effort == self.wish.effort { Ok(()) } else { self.reopen(EncoderWish { effort, ..self.wish }) }
    }
}
