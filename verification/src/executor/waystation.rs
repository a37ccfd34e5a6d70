//! The house's own loop: all that this package needs to know of it.

use waystation_loop::{EventLoop, current};

use super::{Executor, Task};

/// `waystation-loop`.
#[derive(Clone, Copy, Debug)]
pub struct WaystationLoop;

impl Executor for WaystationLoop {
    fn name(&self) -> &'static str {
        "waystation-loop"
    }

    fn run(&self, tasks: Vec<Task>) {
        EventLoop::new().run_until_complete(async {
            let handles: Vec<_> = tasks
                .into_iter()
                .map(|task| current().spawn(task))
                .collect();
            for handle in handles {
                handle.await.expect("no task panics");
            }
        });
    }
}
