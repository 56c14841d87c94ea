//! The orders of a supervised process that stand: told when they are given, and told anew to each process that takes
//! the place of another.
//!
//! Used by `mixer` and `recorder`, which say what the orders mean.

use media_server::workers::{Worker, WorkerNews, WorkerPlan};
use serde::Serialize;
use serde::de::DeserializeOwned;
use signalling_server::MediaBusy;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The program of that name beside this one, if it is there.
#[must_use]
pub fn beside(name: &str) -> Option<PathBuf> {
    // Not `/proc/self/exe` itself: the folder is what is asked for.
    let own = std::env::current_exe().ok()?;
    let program = own.parent()?.join(name);
    program.is_file().then_some(program)
}

/// What a process told.
pub enum Told<R> {
    Report(R),
    /// It has ended; another is started by itself.
    Gone,
}

/// The process, and the orders that stand, by what they are about.
struct Shared<K, O> {
    orders: Mutex<BTreeMap<K, O>>,
    worker: Mutex<Option<Worker>>,
}

/// See the module's text. Dropping it stops the process.
pub struct Keeper<K, O>(Arc<Shared<K, O>>);

/// What the hearer of news may do with the orders.
pub struct Standing<K, O>(Arc<Shared<K, O>>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nobody panics while holding one; if it happened all the same, the value is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An order, or the settings a process begins with, as they are sent.
pub fn message<O: Serialize>(order: &O) -> Vec<u8> {
    serde_json::to_vec(order).expect("orders have no value without JSON")
}

impl<K, O> Keeper<K, O>
where
    K: Ord + Send + 'static,
    O: Serialize + Send + 'static,
{
    /// Starts the process; `hear` is called with what each one tells.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start<R: DeserializeOwned>(
        plan: WorkerPlan,
        hear: impl Fn(&Standing<K, O>, Told<R>) + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared { orders: Mutex::default(), worker: Mutex::default() });
        let (standing, name) = (Standing(shared.clone()), plan.name.clone());
        let hear = move |news| match news {
            WorkerNews::Said(bytes) => match serde_json::from_slice(&bytes) {
                Ok(report) => hear(&standing, Told::Report(report)),
                Err(error) => tracing::error!(name, %error, "process said what cannot be read"),
            },
            WorkerNews::Gone => hear(&standing, Told::Gone),
        };
        // Held meanwhile, so that the first words of the process find the way to answer.
        let mut place = lock(&shared.worker);
        *place = Some(Worker::start(plan, hear)?);
        drop(place);
        Ok(Self(shared))
    }

    /// Gives an order, in place of one about the same, to the process that is there and to every one that comes.
    ///
    /// # Errors
    /// [`MediaBusy`]: the process is far behind; nothing has changed.
    pub fn give(&self, about: K, order: O) -> Result<(), MediaBusy> {
        let mut orders = lock(&self.0.orders);
        self.0.tell(&order)?;
        orders.insert(about, order);
        Ok(())
    }

    /// Ends what was ordered, by telling the process that is there.
    ///
    /// # Errors
    /// As [`Self::give`].
    pub fn take_back(&self, about: &K, end: &O) -> Result<(), MediaBusy> {
        let mut orders = lock(&self.0.orders);
        self.0.tell(end)?;
        orders.remove(about);
        Ok(())
    }
}

impl<K, O> Keeper<K, O> {
    /// Ends the process.
    pub fn stop(&self) {
        let worker = lock(&self.0.worker).take();
        if let Some(worker) = worker {
            worker.stop();
        }
    }
}

impl<K, O> Drop for Keeper<K, O> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<K, O: Serialize> Shared<K, O> {
    /// Tells the process that is there; one that is not there hears all orders when it comes.
    fn tell(&self, order: &O) -> Result<(), MediaBusy> {
        let worker = lock(&self.worker);
        match worker.as_ref().filter(|worker| worker.is_there()) {
            Some(worker) => worker.send(message(order)).map_err(|_| MediaBusy),
            None => Ok(()),
        }
    }
}

impl<K: Ord + Clone, O: Serialize> Standing<K, O> {
    /// A new process is ready: it is told all of them.
    pub fn repeat(&self) {
        let orders = lock(&self.0.orders);
        let worker = lock(&self.0.worker);
        let Some(worker) = worker.as_ref() else { return };
        for order in orders.values() {
            // The queue of a new process holds thousands, the orders are few.
            let _ = worker.send(message(order));
        }
    }

    /// The process has refused it.
    pub fn forget(&self, about: &K) {
        lock(&self.0.orders).remove(about);
    }

    /// What they are about.
    #[must_use]
    pub fn subjects(&self) -> Vec<K> {
        lock(&self.0.orders).keys().cloned().collect()
    }
}
