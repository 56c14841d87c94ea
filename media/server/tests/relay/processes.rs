//! Media processes under supervision: this test program is also the worker (see `media_worker`). A leg
//! there is told lost when its process is killed, the others go on, and the next process takes legs.

use crate::Folder;
use crate::common::{DEADLINE, config, free_ports};
use media_control::{
    ConferenceId, LegId, LegLost, MediaCommand, MediaEvent, ParticipantId, ShardId, SourceSet,
};
use media_server::workers::{Worker, WorkerLimits, WorkerNews, WorkerPlan};
use media_server::{MediaConfig, MediaProcesses, WorkerSettings, run_media_worker};
use std::fs;
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::time::{Duration, Instant};

/// What the supervisor starts: not a test, and ends at once when it is run as one.
#[test]
#[ignore = "the process that other tests start"]
fn media_worker() {
    if std::env::args().any(|word| word == "processes::media_worker") {
        run_media_worker().expect("a supervisor that is there to the end");
    }
}

fn this_program() -> (std::path::PathBuf, Vec<String>) {
    let arguments = ["--exact", "processes::media_worker", "--ignored", "--nocapture"];
    (std::env::current_exe().expect("a program"), arguments.map(str::to_owned).to_vec())
}

/// Process ids of workers of this test whose command line contains `word`.
fn workers(word: &str) -> Vec<u32> {
    let own = std::process::id();
    let all = fs::read_dir("/proc")
        .expect("proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(|pid: &u32| {
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let stat = read("stat");
        let parent =
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1).map(str::to_owned));
        parent == Some(own.to_string()) && read("cmdline").contains(word)
    })
    .collect()
}

fn kill(pid: u32) {
    let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.expect("kill").success());
}

fn next(events: &Receiver<MediaEvent>, what: &str, mut found: impl FnMut(&MediaEvent) -> bool) -> MediaEvent {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = events.recv_timeout(left).unwrap_or_else(|_| panic!("waited in vain for {what}"));
        if found(&event) {
            return event;
        }
    }
}

#[test]
fn killed_media_process_loses_its_legs_alone_and_is_there_again() {
    let folder = Folder::make();
    let (program, arguments) = this_program();
    let settings =
        WorkerSettings { count: 1, program, arguments, folder: folder.0.clone(), takes_clients: false };
    let config = MediaConfig { media_port: free_ports(2), ..config(1) };
    let (sink, events) = sync_channel(10_000);
    let media = MediaProcesses::start(config, &settings, Box::new(move |event| sink.try_send(event).is_ok()))
        .expect("the media plane starts");
    let open = |leg: u64, shard: u16| {
        let opened = media.send(MediaCommand::OpenLeg {
            leg: LegId(leg),
            conference: ConferenceId::new("demo").expect("a good name"),
            participant: ParticipantId(leg as u32),
            allowed: SourceSet::ALL,
            shard: Some(ShardId(shard)),
        });
        opened.expect("room");
        let offered = next(
            &events,
            "an offer",
            |event| matches!(event, MediaEvent::LegOffer { leg: of, .. } if of.0 == leg),
        );
        match offered {
            MediaEvent::LegOffer { shard, .. } => shard,
            _ => unreachable!("that was looked for"),
        }
    };
    // Until the worker takes legs they come to this process.
    let mut leg = 10;
    let on_worker = |leg: &mut u64| {
        let deadline = Instant::now() + DEADLINE;
        loop {
            *leg += 1;
            if open(*leg, 1) == ShardId(1) {
                return *leg;
            }
            media.send(MediaCommand::CloseLeg { leg: LegId(*leg) }).expect("room");
            assert!(Instant::now() < deadline, "the worker takes no legs");
            std::thread::yield_now();
        }
    };
    let there = on_worker(&mut leg);
    assert_eq!(open(1, 0), ShardId(0));
    let pids = workers("media_worker");
    assert_eq!(pids.len(), 1);
    let limits = fs::read_to_string(format!("/proc/{}/limits", pids[0])).expect("limits");
    let limit = |name: &str| {
        limits.lines().find(|line| line.starts_with(name)).map(str::to_owned).unwrap_or_default()
    };
    assert!(limit("Max core file size").contains(" 0 "), "{limits}");
    assert!(limit("Max data size").contains("1073741824"), "{limits}");
    kill(pids[0]);
    let lost = next(&events, "the loss", |event| matches!(event, MediaEvent::LegLost { .. }));
    assert_eq!(lost, MediaEvent::LegLost { leg: LegId(there), reason: LegLost::ProcessLost });
    let again = on_worker(&mut leg);
    assert_ne!(workers("media_worker"), pids);
    media.send(MediaCommand::CloseLeg { leg: LegId(again) }).expect("room");
    media.shutdown();
    assert_eq!(workers("media_worker"), [0; 0], "nobody is left behind");
    assert!(!events.try_iter().any(|event| matches!(event, MediaEvent::LegLost { leg: LegId(1), reason } if reason == LegLost::ProcessLost)));
}

#[test]
fn process_that_ends_at_once_or_says_nothing_is_started_again_with_pauses() {
    let limits = WorkerLimits { memory_bytes: 1 << 30, files: 64 };
    let plan = |program: &str, arguments: &[&str]| WorkerPlan {
        name: "test".to_owned(),
        program: program.into(),
        arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
        limits,
        first: b"first".to_vec(),
    };
    let (gone, ends) = channel();
    let tell = move |news: WorkerNews| {
        if matches!(news, WorkerNews::Gone) {
            let _ = gone.send(Instant::now());
        }
    };
    let began = Instant::now();
    let worker = Worker::start(plan("/bin/false", &[]), tell.clone()).expect("a thread");
    let mut fourth = began;
    for _ in 0..4 {
        fourth = ends.recv_timeout(DEADLINE).expect("it ends again and again");
    }
    assert!(fourth.duration_since(began) >= Duration::from_millis(700), "0.1 + 0.2 + 0.4 s");
    worker.stop();
    while ends.try_recv().is_ok() {}

    let began = Instant::now();
    let silent = Worker::start(plan("/bin/sleep", &["1000.25"]), tell).expect("a thread");
    let ended = ends.recv_timeout(DEADLINE).expect("it is given up");
    assert!(ended.duration_since(began) >= Duration::from_secs(9));
    silent.stop();
    assert_eq!(workers("1000.25"), [0; 0]);
}
