//! Mixed sound of a client: browsers that ask for it get of each round the packet that is for them, another client
//! only what is for all.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use crate::{Folder, relaying};
use media_control::{ConferenceId, LegId, MediaCommand, ParticipantId, Rid, Source, Wish};
use media_relay::{Address, Audience, Codec, News, PacketHead, RelayClient, StreamName};
use std::time::Duration;

const LEG: LegId = LegId(900);
const PROGRAMME: ParticipantId = ParticipantId::FIRST_PROGRAMME;

fn sounds(client: &mut RelayClient) -> Vec<Audience> {
    let mut all = Vec::new();
    while let Some(news) = client.next(Duration::ZERO).expect("the connection stands") {
        if let News::Packet { head, .. } = news {
            all.push(head.audience);
        }
    }
    all
}

#[test]
fn each_round_of_mixed_sound_reaches_a_browser_once_and_only_what_is_for_it() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let (one, two) = (a.join(1, 0, USUAL), a.join(2, 0, USUAL));
    let wish = Wish { participant: PROGRAMME, source: Source::Microphone, height_px: 1 };
    for browser in [one, two] {
        a.send(MediaCommand::Watch { leg: a.browsers[browser].leg, wishes: vec![wish] });
    }
    let demo = ConferenceId::new("demo").expect("a good name");
    let connect =
        || RelayClient::connect(&Address::Unix(folder.socket()), "mixer").expect("the relay listens");
    let (mut mixer, mut recorder) = (connect(), connect());
    recorder.want(&demo, PROGRAMME, Source::Microphone, true);
    mixer.publish(&demo, LEG, PROGRAMME);
    let mut sequence = 0;
    let mut round = |mixer: &mut RelayClient, audiences: &[Audience]| {
        for audience in audiences {
            let head = PacketHead {
                stream: StreamName { leg: LEG, source: Source::Microphone, layer: Rid::Q },
                arrived_us: mixer.now_us(),
                sequence,
                epoch: 1,
                timestamp: sequence as u32 * 960,
                marker: false,
                codec: Codec::Opus,
                descriptor_len: 0,
                audio_level: None,
                audience: *audience,
            };
            mixer.send(head, &[0x78; 60]);
        }
        sequence += 1;
    };
    let heard = |m: &Meeting| [one, two].map(|it| m.browsers[it].packets_of("a0"));
    let first = ParticipantId(1);
    a.until("what is for the first alone", |m| {
        sounds(&mut mixer);
        round(&mut mixer, &[Audience::only(first)]);
        (heard(m)[0] > 20).then_some(())
    });
    assert_eq!(heard(&a)[1], 0, "the second hears nothing of it");
    assert!(sounds(&mut recorder).is_empty(), "a client is nobody");
    let mut taken = Vec::new();
    a.until("what is for all others", |m| {
        sounds(&mut mixer);
        round(&mut mixer, &[Audience::all_but([first])]);
        taken.extend(sounds(&mut recorder));
        (heard(m)[1] > 20 && taken.len() > 20).then_some(())
    });
    let before = heard(&a);
    a.until("both mixes", |m| {
        sounds(&mut mixer);
        round(&mut mixer, &[Audience::only(first), Audience::all_but([first])]);
        (0..2).all(|it| heard(m)[it] > before[it] + 20).then_some(())
    });
    let most = sequence;
    assert!(heard(&a).iter().sum::<u64>() <= 2 * most, "never two packets of a round");
    taken.extend(sounds(&mut recorder));
    assert!(taken.iter().all(|it| !it.is_only()));
}
