INSERT INTO alert_rules VALUES
    ('0f3d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a01', 'Too many failed', 'failed', NULL, 5, 300, 'critical', 'http://127.0.0.1:9/hook', true,
        '2026-11-24 10:00:00+00', 2, 'firing', '2026-11-25 03:40:00+00', 7, '2026-11-25 03:45:00+00', '2026-11-25 03:45:15+00', NULL, NULL),
    ('0f3d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a02', 'Overdue orders', 'overdue', 'order-fulfilment', 1, 60, 'warning', 'https://example.com/hook', false,
        '2026-11-24 11:00:00+00', 1, 'ok', NULL, NULL, NULL, '2026-11-24 11:00:00+00', NULL, 'The receiver answers 410.');
INSERT INTO webhook_deliveries (id, rule_id, rule_name, event, url, body, state, created_at, next_attempt_at, failures) VALUES
    ('7a1d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a01', '0f3d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a01', 'Too many failed', 'alert.firing',
        'http://127.0.0.1:9/hook', '{"type":"alert.firing"}', 'delivered', '2026-11-25 03:40:00+00', NULL, 0),
    ('7a1d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a02', '0f3d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a01', 'Too many failed', 'alert.test',
        'http://127.0.0.1:9/hook', '{"type":"alert.test"}', 'pending', '2026-11-25 03:44:00+00', '2026-11-25 03:46:00+00', 1);
INSERT INTO webhook_attempts VALUES
    ('7a1d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a01', '2026-11-25 03:40:01+00', 200, 12.5, NULL),
    ('7a1d3f0e-3c0a-4c38-9f0b-2d6f3b0b6a02', '2026-11-25 03:44:01+00', NULL, 3.25, 'ECONNREFUSED');
INSERT INTO webhook_secrets VALUES ('current', 'sealed', '2026-11-24 09:00:00+00', NULL);
