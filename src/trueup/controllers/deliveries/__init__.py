"""From artifacts to what runs: the queue of deliveries, and one look at one of them."""
