-- A page of the list has some fifty rows, each of another block of 8,192 as a rule: to unpack what is long was a third of what a page cost.
-- LZ4 is unpacked faster, and makes the list a quarter to a third larger. What is there already is packed anew as it is merged.
ALTER TABLE saga_list
    MODIFY COLUMN saga_id CODEC(LZ4),
    MODIFY COLUMN subject CODEC(LZ4),
    MODIFY COLUMN labels CODEC(LZ4),
    MODIFY COLUMN last_error CODEC(LZ4);
