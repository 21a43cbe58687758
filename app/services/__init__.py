"""The engine: what Kith does, behind one facade, :class:`app.services.messenger.Messenger`.

It knows neither Qt nor sockets nor SQL; store, network and clock come in through ``app.ports``.
"""
