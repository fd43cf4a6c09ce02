"""How the services are put together, one module a subject; ``server.app`` joins them."""
