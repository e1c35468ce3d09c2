"""What is done with decisions afterwards: made again, tried with another norm, followed up."""
