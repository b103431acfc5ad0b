export const CIDR = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
export const HTTP_PATH = /^\/[\w\-./~%?=&]*$/;
