//! Resamples and encodes a frame with FFmpeg as meeting rooms and telephones take it: G.711 and G.722.

use super::{Encode, Form};
use crate::codec::{code, hush};
use crate::error::Failure;
use crate::sound::{FRAME, Frame, RATE};
use ff::ChannelLayout;
use ff::format::sample::{Sample, Type};
use ff::software::resampling;
use ffmpeg_next as ff;

const OUT: Sample = Sample::I16(Type::Packed);
const IN: Sample = Sample::F32(Type::Packed);

pub struct Telephone {
    name: &'static str,
    resampler: resampling::Context,
    codec: ff::encoder::Audio,
    rate: u32,
    /// Resampled and not encoded yet: the filter holds back a little of the first frame, which is made up
    /// for with silence, so that each later one is whole.
    waiting: Vec<i16>,
}

impl Telephone {
    pub fn open(form: Form) -> Result<Self, Failure> {
        hush();
        let (name, rate) = match form {
            Form::Alaw => ("pcm_alaw", 8_000),
            Form::Ulaw => ("pcm_mulaw", 8_000),
            Form::G722 | Form::Opus { .. } => ("g722", 16_000),
        };
        let found = ff::encoder::find_by_name(name).ok_or(Failure::CodecAbsent { codec: name })?;
        let refused = |failure| Failure::CodecRefused { codec: name, code: code(failure) };
        let mono = ChannelLayout::MONO;
        let resampler = resampling::Context::get(IN, mono, RATE, OUT, mono, rate).map_err(refused)?;
        let context = ff::codec::context::Context::new_with_codec(found);
        let mut audio = context.encoder().audio().map_err(refused)?;
        audio.set_rate(rate as i32);
        audio.set_format(OUT);
        audio.set_channel_layout(mono);
        audio.set_time_base((1, rate as i32));
        // SAFETY: the context lives, is ours alone and not opened yet; these are plain fields of it.
        unsafe {
            let raw = audio.as_mut_ptr();
            (*raw).channels = 1;
            (*raw).thread_count = 1;
            (*raw).frame_size = (rate / 50) as i32;
        }
        let codec = audio.open_as(found).map_err(refused)?;
        Ok(Self { name, resampler, codec, rate, waiting: Vec::new() })
    }

    /// Samples of 20 ms.
    const fn length(&self) -> usize {
        self.rate as usize / 50
    }

    fn resample(&mut self, frame: &Frame) -> Result<(), ff::Error> {
        let mut input = ff::frame::Audio::new(IN, FRAME, ChannelLayout::MONO);
        input.set_rate(RATE);
        input.plane_mut::<f32>(0).copy_from_slice(frame);
        let mut output = ff::frame::Audio::empty();
        self.resampler.run(&input, &mut output)?;
        self.waiting.extend_from_slice(output.plane::<i16>(0));
        let lacking = self.length().saturating_sub(self.waiting.len());
        self.waiting.splice(0..0, std::iter::repeat_n(0, lacking));
        Ok(())
    }
}

impl Encode for Telephone {
    fn encode(&mut self, frame: &Frame) -> Result<Vec<u8>, Failure> {
        let codec = self.name;
        let failed = |failure| Failure::EncodeFailed { codec, code: code(failure) };
        self.resample(frame).map_err(failed)?;
        let length = self.length();
        let mut input = ff::frame::Audio::new(OUT, length, ChannelLayout::MONO);
        input.set_rate(self.rate);
        input.plane_mut::<i16>(0).copy_from_slice(&self.waiting[..length]);
        self.waiting.drain(..length);
        self.codec.send_frame(&input).map_err(failed)?;
        let mut packet = ff::Packet::empty();
        self.codec.receive_packet(&mut packet).map_err(failed)?;
        Ok(packet.data().unwrap_or_default().to_vec())
    }
}
