//! Descriptors as an encoder writes them, and what is refused.
//!
//! Test only. The structure below is L2T2 with inter-layer prediction at key frames alone.

use super::*;
use crate::stream::ids::Layer;
use crate::stream::marks::{Indication, Ladder};

/// Writes bits from the left.
#[derive(Default)]
struct Writer {
    bits: Vec<bool>,
}

impl Writer {
    fn put(mut self, count: u32, value: u32) -> Self {
        self.bits.extend((0..count).rev().map(|place| value >> place & 1 == 1));
        self
    }

    fn all(self, count: u32, values: &[u32]) -> Self {
        values.iter().fold(self, |writer, value| writer.put(count, *value))
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |eight: &[bool]| {
            eight.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at))
        };
        self.bits.chunks(8).map(byte).collect()
    }
}

/// Fields that every descriptor has.
fn mandatory(edges: u32, template: u32, frame: u32) -> Writer {
    Writer::default().put(2, edges).put(6, template).put(16, frame)
}

/// Four targets (S0T0, S0T1, S1T0, S1T1), six templates from id 60 on, one chain a spatial layer.
fn opening(frame: u32) -> Vec<u8> {
    let targets = [
        [2, 2, 2, 2], // S0 of a key frame
        [2, 2, 0, 0], // S0T0
        [0, 1, 0, 0], // S0T1
        [0, 0, 2, 2], // S1 of a key frame
        [0, 0, 2, 2], // S1T0
        [0, 0, 0, 1], // S1T1
    ];
    mandatory(0b11, 60, frame)
        .all(1, &[1, 0, 0, 0, 0])
        .put(6, 60)
        .put(5, 3)
        // Layers: S0T0 twice, S0T1, S1T0 twice, S1T1.
        .all(2, &[0, 1, 2, 0, 1, 3])
        .all(2, &targets.concat())
        // Frame differences, a flag before each and after the last.
        .put(1, 0)
        .put(1, 1)
        .put(4, 3)
        .put(1, 0)
        .put(1, 1)
        .put(4, 1)
        .put(1, 0)
        .put(1, 1)
        .put(4, 0)
        .put(1, 0)
        .put(1, 1)
        .put(4, 3)
        .put(1, 0)
        .put(1, 1)
        .put(4, 1)
        .put(1, 0)
        // Two chains out of at most four: ns(5) of 2 is two bits; ns(2) is one bit each.
        .put(2, 2)
        .all(1, &[0, 0, 1, 1])
        .all(4, &[0, 0, 4, 3, 2, 1, 1, 1, 1, 4, 2, 3])
        .put(1, 1)
        .all(16, &[639, 359, 1279, 719])
        .bytes()
}

fn opened() -> DescriptorReader {
    let mut reader = DescriptorReader::default();
    let key = reader.read(&opening(7), true).expect("a structure");
    assert!(key.opens && key.starts && key.ends && key.frame == 7);
    assert_eq!(key.depends_on().count(), 0);
    assert!((0..4).all(|target| key.indication(target) == Indication::Switch));
    reader
}

#[test]
fn structure_names_targets_layers_and_heights() {
    let table = opened().table().expect("read");
    assert_eq!((table.count, table.active), (4, 0b1111));
    assert_eq!(table.layers[..4], [(0, 0), (0, 1), (1, 0), (1, 1)]);
    assert_eq!(table.heights_px, [360, 720, 0, 0]);
    let ladder = Ladder::of(&table, false);
    let rungs = Layer::ALL.map(|layer| ladder.rung(layer).map(|rung| (rung.target, rung.height_px)));
    assert_eq!(rungs, [Some((1, 360)), Some((3, 720)), None]);
    assert!(ladder.has_choice() && ladder.is_spatial());
}

#[test]
fn later_packets_refer_to_the_templates() {
    let mut reader = opened();
    let marks = reader.read(&mandatory(0b10, 62, 11).bytes(), true);
    // Template ids go round after 63.
    let wrapped = reader.read(&mandatory(0b10, (60 + 4) % 64, 11).bytes(), true).expect("template 4");
    assert_eq!((wrapped.spatial, wrapped.temporal, wrapped.starts, wrapped.ends), (1, 0, true, false));
    assert_eq!(wrapped.depends_on().collect::<Vec<_>>(), [7]);
    assert_eq!(marks.map(|marks| marks.spatial), Some(0));
    assert!(reader.read(&mandatory(0b10, 2, 11).bytes(), true).is_none(), "behind the last template");
}

#[test]
fn own_fields_of_a_frame_replace_those_of_its_template() {
    let mut reader = opened();
    let own = mandatory(0b01, 61, 20)
        .all(1, &[0, 1, 1, 1, 1])
        .put(4, 0b0011)
        .all(2, &[3, 3, 0, 1])
        .put(2, 1)
        .put(4, 1)
        .put(2, 3)
        .put(12, 299)
        .put(2, 0)
        .all(8, &[5, 6])
        .bytes();
    let marks = reader.read(&own, true).expect("valid");
    assert_eq!([0, 1, 2, 3].map(|target| marks.indication(target)), {
        use Indication::{Discardable, NotPresent, Required};
        [Required, Required, NotPresent, Discardable]
    });
    assert_eq!(marks.depends_on().collect::<Vec<_>>(), [18, 20u16.wrapping_sub(300)]);
    assert_eq!(reader.table().expect("read").active, 0b0011);
    assert!(reader.read(&own[..own.len() - 2], true).is_none(), "chains are cut off");
}

#[test]
fn nothing_is_read_before_a_structure_and_an_old_one_does_not_come_back() {
    let mut reader = DescriptorReader::default();
    assert!(reader.read(&mandatory(0b10, 60, 8).bytes(), true).is_none());
    let mut reader = opened();
    assert!(reader.read(&opening(6), false).is_none(), "older, and late");
    assert!(reader.read(&opening(6), true).is_some(), "the sender counts anew");
}

#[test]
fn every_truncation_is_refused() {
    let whole = opening(1);
    for len in 0..whole.len() {
        assert!(DescriptorReader::default().read(&whole[..len], true).is_none(), "{len} bytes");
    }
    assert!(DescriptorHead::parse(&[0; MAX_DESCRIPTOR_LEN + 1]).is_none());
}

#[test]
fn frame_number_is_written_in_its_place() {
    let mut bytes = opening(7);
    renumber(&mut bytes, 0xabcd);
    assert_eq!(DescriptorHead::parse(&bytes).map(|head| head.frame), Some(0xabcd));
    assert_eq!(bytes[3..], opening(7)[3..]);
    renumber(&mut bytes[..2], 1);
}
