//! What the servers under test count, as `/metrics` would show it.
//!
//! Used by `floods`. Servers of tests that run at the same time add up; none takes from another.

use metrics::{Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

static CELLS: Mutex<Vec<(String, Arc<Cell>)>> = Mutex::new(Vec::new());

/// One counter of one shard.
#[derive(Default)]
struct Cell(AtomicU64);

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.0.fetch_max(value, Ordering::Relaxed);
    }
}

struct Counts;

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let cell = Arc::new(Cell::default());
        let mut cells = CELLS.lock().unwrap_or_else(PoisonError::into_inner);
        cells.push((key.name().to_owned(), Arc::clone(&cell)));
        Counter::from_arc(cell)
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Makes the servers of this process count here.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| metrics::set_global_recorder(Counts).expect("nobody else records"));
}

/// The sum of the counters of this name.
pub fn counted(name: &str) -> u64 {
    let cells = CELLS.lock().unwrap_or_else(PoisonError::into_inner);
    cells.iter().filter(|(of, _)| of == name).map(|(_, cell)| cell.0.load(Ordering::Relaxed)).sum()
}
