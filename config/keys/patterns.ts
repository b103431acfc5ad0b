export const CIDR = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
export const HTTP_PATH = /^\/[\w\-./~%?=&]*$/;
export const HOST_NAME = /^([a-z0-9-]+\.)+[a-z]{2,}$/;
