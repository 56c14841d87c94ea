//! Encodes with openh264, for whoever wants nothing under the GPL.
//!
//! Made by `codec::encoder`. Debian's FFmpeg has no openh264, so its C interface is called as it stands:
//! structures and tables come from its own header (build.rs).

use super::{Bitrate, Effort, Encode, EncoderWish, KEY_EVERY_S, Unit, ticks};
use crate::error::Failure;
use crate::picture::Picture;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

#[allow(dead_code, non_camel_case_types, non_snake_case, non_upper_case_globals, unsafe_op_in_unsafe_fn)]
#[allow(clippy::all)]
mod wels {
    include!(concat!(env!("OUT_DIR"), "/wels.rs"));
}

const NAME: &str = "openh264";
/// What its functions answer when all went well.
const SUCCESS: i32 = 0;
/// Larger, and a layer would point outside what the library says it has written.
const UNIT_LIMIT: usize = 16 << 20;

pub(super) struct Encoder {
    wish: EncoderWish,
    raw: Raw,
    last: Option<i64>,
}

/// An encoder of the library; given back when dropped.
struct Raw(*mut wels::ISVCEncoder);

// SAFETY: the library ties an encoder to no thread, and `Raw` is the only pointer to it.
unsafe impl Send for Raw {}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: made by WelsCreateSVCEncoder and never given away.
        unsafe {
            if let Some(end) = (**self.0).Uninitialize {
                end(self.0);
            }
            wels::WelsDestroySVCEncoder(self.0);
        }
    }
}

/// Calls a function of the encoder's table; its answer, or the code of a function that is missing.
macro_rules! call {
    ($raw:expr, $name:ident $(, $argument:expr)*) => {{
        let encoder: *mut wels::ISVCEncoder = $raw.0;
        // SAFETY: the encoder lives as long as `Raw`, its first word points to the table of its functions,
        // and the arguments are live values of the types that the header names.
        unsafe { (**encoder).$name.map_or(-1, |function| function(encoder $(, $argument)*)) }
    }};
}

impl Encoder {
    pub fn open(wish: EncoderWish) -> Result<Self, Failure> {
        Ok(Self { wish, raw: Raw::open(wish)?, last: None })
    }

    fn option<T>(&mut self, option: wels::ENCODER_OPTION, mut value: T) -> Result<(), Failure> {
        let code = call!(self.raw, SetOption, option, (&raw mut value).cast::<c_void>());
        if code == SUCCESS { Ok(()) } else { Err(Failure::CodecRefused { codec: NAME, code }) }
    }
}

impl Raw {
    fn open(wish: EncoderWish) -> Result<Self, Failure> {
        let refused = |code| Failure::CodecRefused { codec: NAME, code };
        let mut raw = ptr::null_mut();
        // SAFETY: writes a pointer to where one is expected.
        let code = unsafe { wels::WelsCreateSVCEncoder(&raw mut raw) };
        if code != SUCCESS || raw.is_null() {
            return Err(refused(code));
        }
        let raw = Self(raw);
        // Its words on standard error say nothing that the codes do not.
        let mut quiet = wels::WELS_LOG_QUIET as i32;
        let option = wels::ENCODER_OPTION_ENCODER_OPTION_TRACE_LEVEL;
        let code = call!(raw, SetOption, option, (&raw mut quiet).cast::<c_void>());
        if code != SUCCESS {
            return Err(refused(code));
        }
        let mut parameters = MaybeUninit::<wels::SEncParamExt>::zeroed();
        let code = call!(raw, GetDefaultParams, parameters.as_mut_ptr());
        if code != SUCCESS {
            return Err(refused(code));
        }
        // SAFETY: zeroed, for which every field has a meaning, then filled in by the library.
        let mut parameters = unsafe { parameters.assume_init() };
        let bits = wish.rate.0.min(i32::MAX as u32) as i32;
        parameters.iUsageType = wels::EUsageType_CAMERA_VIDEO_REAL_TIME;
        parameters.iPicWidth = wish.size.width as i32;
        parameters.iPicHeight = wish.size.height as i32;
        parameters.iTargetBitrate = bits;
        parameters.iMaxBitrate = bits;
        parameters.iRCMode = wels::RC_MODES_RC_BITRATE_MODE;
        parameters.fMaxFrameRate = wish.pictures_per_second as f32;
        parameters.uiIntraPeriod = wish.pictures_per_second * KEY_EVERY_S;
        parameters.iComplexityMode = wels::ECOMPLEXITY_MODE_LOW_COMPLEXITY;
        parameters.eSpsPpsIdStrategy = wels::EParameterSetStrategy_CONSTANT_ID;
        // Without it the rate is kept only where the pictures allow it: with noise it was 350 of 200 kbit/s.
        parameters.bEnableFrameSkip = true;
        parameters.bEnableSceneChangeDetect = false;
        parameters.iMultipleThreadIdc = 1;
        parameters.iSpatialLayerNum = 1;
        parameters.iTemporalLayerNum = 1;
        let layer = &mut parameters.sSpatialLayers[0];
        layer.iVideoWidth = wish.size.width as i32;
        layer.iVideoHeight = wish.size.height as i32;
        layer.fFrameRate = wish.pictures_per_second as f32;
        layer.iSpatialBitrate = bits;
        layer.iMaxSpatialBitrate = bits;
        layer.uiProfileIdc = wels::EProfileIdc_PRO_BASELINE;
        layer.sSliceArgument.uiSliceMode = wels::SliceModeEnum_SM_SINGLE_SLICE;
        let code = call!(raw, InitializeExt, &raw const parameters);
        if code == SUCCESS { Ok(raw) } else { Err(refused(code)) }
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
        let at = self.last.map_or(ticks(at), |last| ticks(at).max(last + 1));
        self.last = Some(at);
        if is_key_wanted {
            let code = call!(self.raw, ForceIntraFrame, true);
            if code != SUCCESS {
                return Err(Failure::EncodeFailed { codec: NAME, code });
            }
        }
        // SAFETY: plain numbers and pointers, for which zero has a meaning.
        let mut source: wels::SSourcePicture = unsafe { MaybeUninit::zeroed().assume_init() };
        source.iColorFormat = wels::EVideoFormatType_videoFormatI420 as i32;
        source.iPicWidth = self.wish.size.width as i32;
        source.iPicHeight = self.wish.size.height as i32;
        source.uiTimeStamp = at / 90;
        for number in 0..3 {
            let plane = picture.plane(number);
            source.iStride[number] = plane.stride as i32;
            // The header has no const; the library only reads.
            source.pData[number] = plane.bytes.as_ptr().cast_mut();
        }
        // SAFETY: as above; the library fills it in.
        let mut written: wels::SFrameBSInfo = unsafe { MaybeUninit::zeroed().assume_init() };
        let code = call!(self.raw, EncodeFrame, &raw const source, &raw mut written);
        if code != SUCCESS {
            return Err(Failure::EncodeFailed { codec: NAME, code });
        }
        let is_key = written.eFrameType == wels::EVideoFrameType_videoFrameTypeIDR;
        let bytes = units(&written);
        Ok((!bytes.is_empty()).then_some(Unit { bytes, is_key }))
    }

    fn set_rate(&mut self, rate: Bitrate) -> Result<(), Failure> {
        let bits = rate.0.min(i32::MAX as u32) as i32;
        let value = || wels::SBitrateInfo { iLayer: wels::LAYER_NUM_SPATIAL_LAYER_ALL, iBitrate: bits };
        // The highest rate must never be below the usual one, whichever way it goes.
        let (usual, highest) =
            (wels::ENCODER_OPTION_ENCODER_OPTION_BITRATE, wels::ENCODER_OPTION_ENCODER_OPTION_MAX_BITRATE);
        let order = if rate > self.wish.rate { [highest, usual] } else { [usual, highest] };
        for option in order {
            self.option(option, value())?;
        }
        self.wish.rate = rate;
        Ok(())
    }

    /// It has no lower effort than the one in use.
    fn set_effort(&mut self, effort: Effort) -> Result<(), Failure> {
        self.wish.effort = effort;
        Ok(())
    }
}

/// The bytes of all layers, one after the other.
fn units(written: &wels::SFrameBSInfo) -> Vec<u8> {
    let mut bytes = Vec::new();
    let count = usize::try_from(written.iLayerNum).unwrap_or(0).min(written.sLayerInfo.len());
    for layer in &written.sLayerInfo[..count] {
        let units = usize::try_from(layer.iNalCount).unwrap_or(0);
        if layer.pNalLengthInByte.is_null() || layer.pBsBuf.is_null() {
            continue;
        }
        // SAFETY: the library says how many lengths stand there, and that so many bytes follow one another.
        unsafe {
            let lengths = std::slice::from_raw_parts(layer.pNalLengthInByte, units);
            let total = lengths.iter().map(|it| usize::try_from(*it).unwrap_or(0)).sum::<usize>();
            if bytes.len() + total <= UNIT_LIMIT {
                bytes.extend_from_slice(std::slice::from_raw_parts(layer.pBsBuf, total));
            }
        }
    }
    bytes
}
