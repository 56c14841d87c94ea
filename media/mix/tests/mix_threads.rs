//! Codecs stay on the thread of their caller. Alone in its file: other tests have threads of their own.

use media_mix::codec::{Bitrate, Codec, Decode as _, Decoder, Effort, EncoderKind, EncoderWish, encoder};
use media_mix::layout::Size;
use media_mix::picture::Picture;
use std::time::Duration;

#[test]
fn no_codec_starts_a_thread() {
    let threads = || std::fs::read_dir("/proc/self/task").expect("Linux").count();
    let before = threads();
    let size = Size::new(640, 360);
    let mut coders = Vec::new();
    for kind in [EncoderKind::X264, EncoderKind::OpenH264, EncoderKind::Vp8] {
        let rate = Bitrate::kbit(600);
        let wish = EncoderWish { kind, size, rate, pictures_per_second: 25, effort: Effort::Usual };
        let mut encoder = encoder(wish).expect("is installed");
        let unit =
            encoder.encode(&Picture::black(size), Duration::ZERO, true).expect("encodes").expect("a unit");
        let codec = if kind == EncoderKind::Vp8 { Codec::Vp8 } else { Codec::H264 };
        let mut decoder = Decoder::open(codec).expect("is installed");
        assert!(decoder.decode(&unit.bytes).picture.is_some());
        coders.push((encoder, decoder));
    }
    let others = [Codec::Vp9, Codec::Av1].map(|it| Decoder::open(it).expect("is installed"));
    assert_eq!(threads(), before);
    drop((coders, others));
}
