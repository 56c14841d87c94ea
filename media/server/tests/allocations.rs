//! The packet path of a running shard allocates nothing: counted on the shard's own thread while
//! ten thousand packets go through real sockets.

#[path = "meeting/common/mod.rs"]
#[allow(dead_code)]
mod common;

use common::Meeting;
use common::browser::{Browser, USUAL};
use media_control::Source;
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Packets to be forwarded while allocations are counted.
const FORWARDED: u64 = 10_000;
/// Thread that is watched; 0 is none.
static WATCHED: AtomicI32 = AtomicI32::new(0);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, with an eye on one thread.
struct Counting;

fn note() {
    let watched = WATCHED.load(Ordering::Relaxed);
    // SAFETY: gettid takes nothing and cannot fail.
    if watched != 0 && unsafe { libc::gettid() } == watched {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: everything is handed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: as our caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as our caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as our caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn thread_named(name: &str) -> i32 {
    let tasks = fs::read_dir("/proc/self/task").expect("own threads");
    let found = tasks
        .filter_map(Result::ok)
        .find(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name));
    let name = found.expect("the shard's thread").file_name();
    name.to_string_lossy().parse().expect("a thread id")
}

/// Sends the next packet of every stream at once.
fn send_burst(browser: &mut Browser) {
    for index in 0..browser.streams.len() {
        let packet = browser.streams[index].packet(browser.transport_sequence);
        browser.send_clear(&packet);
    }
}

#[test]
fn ten_thousand_forwarded_packets_allocate_nothing() {
    let mut meeting = Meeting::new(1);
    for number in 1..=3 {
        let index = meeting.join(number, 0, USUAL);
        meeting.browsers[index].start_media(20 + 10 * number as u8);
    }
    for viewer in 0..3_u32 {
        let others: Vec<u32> = (1..=3).filter(|p| *p != viewer + 1).collect();
        meeting.watch(viewer as usize, &others, 360);
    }
    // Maps and lists reach their size, layers and speakers settle.
    meeting.until_more(0, 2, Source::Camera, 100);
    meeting.until_more(1, 1, Source::Camera, 10);
    meeting.until_more(2, 1, Source::Camera, 10);

    let forwarded = |m: &Meeting| {
        m.browsers.iter().map(|b| b.got.values().map(Vec::len).sum::<usize>() as u64).sum::<u64>()
    };
    let before = forwarded(&meeting);
    // ICE checks are no packet path: the ICE library allocates for each.
    meeting.browsers.iter_mut().for_each(|b| b.is_quiet = true);
    meeting.until("checks under way to be answered", |m| (forwarded(m) > before + 50).then_some(()));
    WATCHED.store(thread_named("media-0"), Ordering::Relaxed);
    let start = forwarded(&meeting);
    meeting.until("ten thousand packets", |m| {
        m.browsers.iter_mut().for_each(send_burst);
        (forwarded(m) >= start + FORWARDED).then_some(())
    });
    let counted = ALLOCATIONS.load(Ordering::Relaxed);
    // The counter does see this thread: an ICE check makes it move.
    meeting.browsers.iter_mut().for_each(|b| b.is_quiet = false);
    meeting.until("a check to be counted", |_| (ALLOCATIONS.load(Ordering::Relaxed) > counted).then_some(()));
    WATCHED.store(0, Ordering::Relaxed);
    assert_eq!(counted, 0, "over {} packets", forwarded(&meeting) - start);
}
