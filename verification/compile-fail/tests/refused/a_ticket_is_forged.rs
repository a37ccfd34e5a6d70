// A place in line is given, never made.
use waystation_core::wait::Ticket;

fn main() {
    let _ticket = Ticket(7);
}
